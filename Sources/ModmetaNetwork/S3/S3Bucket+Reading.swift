internal import ModmetaFormats
internal import ModmetaStore

extension S3Bucket {
    /// The size of a file in bytes, or nil if there is none.
    public func size(of path: String) async throws -> UInt64? {
        var call = call("HEAD", path, to: "look at")
        call.accepted = [404]
        return try await client.perform(call) { response in
            if response.status == 404 { return nil }
            guard let length = response[field: "content-length"].flatMap({ UInt64($0) }) else {
                throw StoreError(.unavailable, "cannot \(call.action): the service does not say how large it is")
            }
            return length
        }
    }

    /// Reads a whole file of at most `limit` bytes.
    public func read(_ path: String, limit: Int) async throws -> [UInt8] {
        var call = call("GET", path, to: "read")
        call.limit = limit
        var doubtful: [UInt8]?
        // A second look decides between damage on the way and a service whose ETag is no MD5.
        for _ in 0..<4 {
            let body = ReceivedBody()
            let response = try await client.perform(call, into: body) { $0 }
            let bytes = body.take()
            if isPlausible(bytes, response) || bytes == doubtful { return bytes }
            doubtful = bytes
        }
        throw StoreError(
            .unavailable, "cannot \(call.action): each time other bytes arrive; give the same command again")
    }

    /// Whether the bytes agree with an ETag that looks like their MD5; asked only where TLS does not protect them.
    private func isPlausible(_ bytes: [UInt8], _ response: HTTPResponse) -> Bool {
        guard client.isPlain, let tag = response[field: "etag"]?.filter({ $0 != "\"" }), tag.count == 2 * MD5.byteCount,
            let hash = MD5.hash(bytes)
        else { return true }
        return Hexadecimal.text(hash) == tag.lowercased()
    }

    /// The greatest range that is asked for without knowing that the file has it.
    private static let trustedRange: UInt64 = 64 << 20

    /// Reads a range of a file; the result has exactly the range's length.
    public func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8] {
        if range.isEmpty || range.upperBound - range.lowerBound > S3Bucket.trustedRange || range.upperBound > 1 << 50 {
            guard let size = try await size(of: path) else {
                throw StoreError(.missing, "cannot read \(path) in \(name): there is no such file")
            }
            guard range.upperBound <= size else { throw tooShort(path, range) }
            if range.isEmpty { return [] }
        }
        do {
            return try await readPart(path, range)
        } catch let error as StoreError where error.code == .corrupt {
            return try await readWholeForPart(path, range, error)
        }
    }

    private func readPart(_ path: String, _ range: Range<UInt64>) async throws -> [UInt8] {
        var call = call("GET", path, to: "read")
        call.limit = range.count
        call.accepted = [416]
        let tooShort = tooShort(path, range)
        let body = ReceivedBody(wanted: range)
        return try await client.perform(call, into: body) { response in
            if response.status == 416 { throw tooShort }
            // Some services answer 200 to a range, with the range or with the whole file.
            if body.isPart {
                guard body.start == range.lowerBound else {
                    body.clear()
                    throw StoreError(
                        .unavailable, "cannot \(call.action): the service sent another range than was asked for")
                }
                guard body.count == range.count else { throw tooShort }
                return body.take()
            }
            guard range.upperBound <= body.count else { throw tooShort }
            return Array(body.take()[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// For a service that knows no ranges: takes the part out of the whole file, where that is not too large.
    private func readWholeForPart(_ path: String, _ range: Range<UInt64>, _ error: StoreError) async throws -> [UInt8] {
        guard let size = try await size(of: path), range.upperBound <= size, size <= S3Bucket.trustedRange else {
            throw error
        }
        return Array(try await read(path, limit: Int(size))[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    private func tooShort(_ path: String, _ range: Range<UInt64>) -> StoreError {
        StoreError(.corrupt, "\(path) in \(name) ends before byte \(range.upperBound), which is wanted")
    }
}
