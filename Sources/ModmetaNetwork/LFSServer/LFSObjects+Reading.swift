public import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaStore

extension LFSObjects {
    /// The most bytes of an object that is fetched into memory though only a part is wanted.
    private static let wholeLimit: UInt64 = 1 << 20
    /// The most objects that are kept in files because their server sends no ranges.
    private static let spoolLimit = 2

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// - Throws: `.missing`, or `.corrupt` if the object is larger.
    public func read(_ id: ObjectID, limit: Int) async throws -> [UInt8] {
        guard limit >= 0 else { throw tooLarge(id, limit) }
        let body = ReceivedBody()
        return try await retry.run(progress: { body.furthest }) {
            let (size, offer) = try await download(id, guess: UInt64(limit))
            guard size <= UInt64(limit) else { throw tooLarge(id, limit) }
            if size == 0 { return [] }
            try await get(id, size, offer, into: body, limit: UInt64(limit))
            guard body.count == size else { throw incomplete(id, body, of: size) }
            return body.take()
        }
    }

    /// Reads a range of an object; the result has exactly the range's length.
    ///
    /// - Throws: `.missing`, or `.corrupt` if the object ends before the range does.
    public func read(_ id: ObjectID, range: Range<UInt64>) async throws -> [UInt8] {
        if let spool = spools.first(where: { $0.digest == id.digest }) {
            guard range.upperBound <= (try spool.file.size()) else { throw tooShort(id, range) }
            return try spool.file.read(at: range.lowerBound, count: range.count)
        }
        if range.isEmpty {
            let (size, _) = try await download(id, guess: range.upperBound)
            guard range.upperBound <= size else { throw tooShort(id, range) }
            return []
        }
        return try await sendsRanges == true ? readPart(id, range) : readPartOrAll(id, range)
    }

    private func readPart(_ id: ObjectID, _ range: Range<UInt64>) async throws -> [UInt8] {
        let body = ReceivedBody(wanted: range)
        return try await retry.run(progress: { body.furthest }) {
            let (size, offer) = try await download(id, guess: range.upperBound)
            guard range.upperBound <= size else { throw tooShort(id, range) }
            try await get(id, size, offer, into: body, limit: UInt64(range.count))
            guard body.isPart, body.start == range.lowerBound, body.count == range.count else {
                throw incomplete(id, body, of: UInt64(range.count))
            }
            return body.take()
        }
    }

    /// Reads a range from a server of which is not known what it sends: the range, or all there is, for which a file has room.
    private func readPartOrAll(_ id: ObjectID, _ range: Range<UInt64>) async throws -> [UInt8] {
        let file = try SpoolFile(in: spoolDirectory)
        let body = ReceivedBody(wanted: range, descriptor: file.descriptor)
        try await retry.run(progress: { body.furthest }) {
            let (size, offer) = try await download(id, guess: range.upperBound)
            guard range.upperBound <= size else { throw tooShort(id, range) }
            try await get(id, size, offer, into: body, limit: size)
            let expected = body.isPart ? UInt64(range.count) : size
            guard body.count == expected, !body.isPart || body.start == range.lowerBound else {
                throw incomplete(id, body, of: expected)
            }
        }
        if body.isPart {
            sendsRanges = true
            return try file.read(at: 0, count: range.count)
        }
        guard try file.hash() == id.digest else {
            throw StoreError(.corrupt, "\(server.endpoint) sent other bytes than those of object \(id)")
        }
        spools.append((id.digest, file))
        if spools.count > LFSObjects.spoolLimit { spools.removeFirst() }
        return try file.read(at: range.lowerBound, count: range.count)
    }

    /// The size of an object whose server does not tell it in a batch, from the head of a download.
    func measure(_ id: ObjectID) async throws -> UInt64? {
        try await retry.run {
            let (_, offer) = try await download(id, guess: 0)
            let range = HTTPField("Range", "bytes=0-0")
            let response = try await get(id, 0, offer, fields: [range]) {
                try await self.transport.send($0, limit: Int(LFSObjects.wholeLimit))
            }
            guard let total = response.totalSize else {
                throw StoreError(.unsupported, "\(server.endpoint) does not tell the size of object \(id)")
            }
            note(id, size: total)
            return total
        }
    }

    /// What may be downloaded, and how many bytes that is.
    private func download(_ id: ObjectID, guess: UInt64) async throws -> (size: UInt64, offer: Offer) {
        let object = BatchObject(id: id, size: knownSize(id) ?? guess)
        guard let offer = try await offer(.download, object) else { throw missing(id) }
        return (knownSize(id) ?? object.size, offer)
    }

    private func get(
        _ id: ObjectID, _ size: UInt64, _ offer: Offer, fields: [HTTPField] = [],
        send: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        var response = try await perform(
            "GET", offer.action, isAuthenticated: offer.isAuthenticated, fields: fields, send: send)
        if [401, 403].contains(response.status) {
            // The right to fetch may have ended since it was given.
            guard let fresh = try await self.offer(.download, BatchObject(id: id, size: size), isFresh: true) else {
                throw missing(id)
            }
            response = try await perform(
                "GET", fresh.action, isAuthenticated: fresh.isAuthenticated, fields: fields, send: send)
        }
        try check(response, "fetch object \(id)")
        return response
    }

    /// Fetches what is not in `body` yet.
    private func get(
        _ id: ObjectID, _ size: UInt64, _ offer: Offer, into body: ReceivedBody, limit: UInt64
    ) async throws {
        if body.completed != nil { return }
        _ = try await get(id, size, offer, fields: body.fields) { request in
            let response = try await self.transport.receive(request, into: body, limit: limit)
            if body.isRefused(by: response) || response.isSuccess && body.isShort {
                throw StoreError(.unavailable, "\(self.server.endpoint) does not send the rest of object \(id)")
            }
            return response
        }
    }

    /// Describes a body that is not what was asked for, and drops it unless it may only lack its rest.
    private func incomplete(_ id: ObjectID, _ body: ReceivedBody, of expected: UInt64) -> StoreError {
        let count = body.count
        if body.isPart || body.completed != nil || count > expected { body.clear() }
        return StoreError(
            .unavailable, "\(server.endpoint) sent \(count) bytes of object \(id) where \(expected) were asked for")
    }

    private func missing(_ id: ObjectID) -> StoreError {
        StoreError(.missing, "\(server.endpoint) has no object \(id)")
    }

    private func tooLarge(_ id: ObjectID, _ limit: Int) -> StoreError {
        StoreError(.corrupt, "object \(id) has more than the \(limit) bytes such an object may have")
    }

    private func tooShort(_ id: ObjectID, _ range: Range<UInt64>) -> StoreError {
        StoreError(.corrupt, "object \(id) ends before byte \(range.upperBound), which is wanted")
    }
}

extension HTTPResponse {
    /// The size of the whole that the body is a part of, or the whole of.
    fileprivate var totalSize: UInt64? {
        if let range = self[field: "Content-Range"] { return ContentRange(range)?.total }
        return self[field: "Content-Length"].flatMap { UInt64($0) } ?? UInt64(body.count)
    }
}
