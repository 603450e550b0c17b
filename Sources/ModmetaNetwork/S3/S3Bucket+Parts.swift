internal import ModmetaFormats
internal import ModmetaStore

extension S3Bucket {
    /// How many parts of one file are sent at the same time.
    private static let partsInFlight = 4
    /// How old an unfinished upload must be before it is taken for forgotten, in seconds.
    private static let abandonedAge: Int64 = 7 * 24 * 60 * 60

    /// A part that the service has.
    private struct StoredPart {
        var tag: String
        var size: UInt64
    }

    /// Writes a file in parts; those that an earlier attempt left, and that are right, are not sent again.
    func putParts(_ path: String, _ content: ObjectContent, size: UInt64) async throws {
        let ranges = partLimits.parts(of: size)
        let found = try await resumable(path, content, ranges)
        let upload: String
        var tags: [Int: String]
        if let found {
            (upload, tags) = found
        } else {
            upload = try await begin(path)
            tags = [:]
        }
        let missing = ranges.indices.filter { tags[$0] == nil }
        let sent = try await missing.concurrentMap(width: S3Bucket.partsInFlight) { [upload] index in
            try await self.send(path, upload, index, content.body(ranges[index]))
        }
        for (index, tag) in zip(missing, sent) { tags[index] = tag }
        try await complete(path, upload, ranges.indices.map { tags[$0] ?? "" }, size: size)
    }

    private func begin(_ path: String) async throws -> String {
        var call = call("POST", path, to: "write")
        call.query = [("uploads", "")]
        return try await client.perform(call) { response in
            guard let id = XMLScanner.root(of: response.body)?["UploadId"], !id.isEmpty else {
                throw StoreError(.unavailable, "cannot \(call.action): the service's answer is not understood")
            }
            return id
        }
    }

    /// Sends a part and returns its tag.
    private func send(_ path: String, _ upload: String, _ index: Int, _ body: HTTPRequest.Body) async throws -> String {
        var call = call("PUT", path, to: "write part \(index + 1) of")
        call.query = [("partNumber", "\(index + 1)"), ("uploadId", upload)]
        try call.carry(body)
        return try await client.perform(call) { response in
            guard let tag = response[field: "etag"], !tag.isEmpty else {
                throw StoreError(.unavailable, "cannot \(call.action): the service's answer has no ETag")
            }
            return tag
        }
    }

    private func complete(_ path: String, _ upload: String, _ tags: [String], size: UInt64) async throws {
        var call = call("POST", path, to: "write")
        call.query = [("uploadId", upload)]
        let parts = tags.enumerated().map { index, tag in
            let text = tag.filter { $0 != "<" && $0 != "&" && $0 != ">" }
            return "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(text)</ETag></Part>"
        }
        try call.carry(.bytes(Array("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)))
        call.fields.append(HTTPField("Content-Type", "application/xml"))
        call.accepted = [404]
        let isComplete = try await client.perform(call) { response in
            if response.status == 404 { return false }
            // Putting parts together takes long, so a failure may come after the status.
            guard XMLScanner.root(of: response.body)?["ETag"] != nil else {
                throw S3Failure(response).error(
                    call, credentials: client.credentials, now: client.serverTime
                ).asTransient
            }
            return true
        }
        if isComplete { return }
        // No such upload: the answer to an earlier attempt was lost, or another writer of the same bytes was faster.
        guard try await self.size(of: path) == size else {
            throw StoreError(.unavailable, "cannot \(call.action): its parts are gone; give the same command again")
        }
    }

    /// Finds an unfinished upload whose parts are those of this content, and which of them are there.
    ///
    /// Resuming saves time and nothing depends on it, so whatever goes wrong here means that there is none.
    private func resumable(
        _ path: String, _ content: ObjectContent, _ ranges: [Range<UInt64>]
    ) async throws -> (upload: String, tags: [Int: String])? {
        do {
            var call = call("GET", "", to: "list unfinished uploads of \(path) in")
            call.key = ""
            call.query = [("uploads", ""), ("prefix", key(path))]
            call.limit = S3Bucket.pageByteLimit
            let uploads = try await client.perform(call) { response in
                (XMLScanner.root(of: response.body)?.all("Upload") ?? []).filter { $0["Key"] == key(path) }
            }
            for upload in uploads.sorted(by: { $0["Initiated"] ?? "" > $1["Initiated"] ?? "" }).prefix(4) {
                guard let id = upload["UploadId"] else { continue }
                let stored = try await parts(path, id)
                if let tags = try matching(stored, content, ranges) { return (id, tags) }
                let begun = upload["Initiated"].flatMap { Timestamp(internet: $0) }?.seconds
                if let begun, begun < client.serverTime - S3Bucket.abandonedAge { try await abort(path, id) }
            }
            return nil
        } catch is StoreError {
            try Task.checkCancellation()
            return nil
        }
    }

    private func parts(_ path: String, _ upload: String) async throws -> [Int: StoredPart] {
        var found: [Int: StoredPart] = [:]
        var marker: String?
        repeat {
            var call = call("GET", path, to: "list the parts of")
            call.query = [("uploadId", upload)]
            if let marker { call.query.append(("part-number-marker", marker)) }
            call.limit = S3Bucket.pageByteLimit
            let root = try await client.perform(call) { XMLScanner.root(of: $0.body) }
            for part in root?.all("Part") ?? [] {
                guard let number = part["PartNumber"].flatMap({ Int($0) }), (1...10_000).contains(number),
                    let tag = part["ETag"], let size = part["Size"].flatMap({ UInt64($0) })
                else { continue }
                found[number - 1] = StoredPart(tag: tag, size: size)
            }
            let next = root?["IsTruncated"] == "true" ? root?["NextPartNumberMarker"] : nil
            guard next == nil || next != marker else { break }
            marker = next
        } while marker != nil && found.count < 10_000
        return found
    }

    /// The tags of stored parts; nil if one of them is not a part of this content.
    private func matching(
        _ stored: [Int: StoredPart], _ content: ObjectContent, _ ranges: [Range<UInt64>]
    ) throws -> [Int: String]? {
        for (index, part) in stored {
            guard ranges.indices.contains(index), UInt64(ranges[index].count) == part.size,
                let md5 = try BodyDigest(of: content.body(ranges[index])).md5,
                part.tag.filter({ $0 != "\"" }).lowercased() == Hexadecimal.text(md5)
            else { return nil }
        }
        return stored.mapValues(\.tag)
    }

    private func abort(_ path: String, _ upload: String) async throws {
        var call = call("DELETE", path, to: "give up an upload of")
        call.query = [("uploadId", upload)]
        call.accepted = [404]
        try await client.perform(call) { _ in }
    }
}

extension StoreError {
    /// The same error as one that may pass.
    fileprivate var asTransient: StoreError { StoreError(.unavailable, message, retryAfter: retryAfter) }
}
