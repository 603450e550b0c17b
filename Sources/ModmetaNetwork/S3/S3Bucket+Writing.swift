internal import ModmetaFormats
public import ModmetaStore
internal import Synchronization

extension S3Bucket {
    /// The most bytes a service takes in one request.
    private static let requestLimit: UInt64 = 5 << 30
    /// The file that conditional writes are tried on.
    static let probePath = "modmeta/probe"

    /// Writes a file; `condition` decides what becomes of one that is there.
    ///
    /// With `.always` a large file is written in parts, and goes on where an earlier attempt broke off. With `.ifAbsent` it
    /// is one request, as not all services that know the condition know it for parts.
    ///
    /// - Throws: also `.unsupported` where `.ifAbsent` cannot be kept, or is asked for more than 5 GiB.
    public func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome {
        let size: UInt64
        switch content {
        case .bytes(let bytes): size = UInt64(bytes.count)
        case .file(let path): size = try UploadedFile(path).size
        }
        switch condition {
        case .always:
            if size > partLimits.singleLimit {
                try await putParts(path, content, size: size)
            } else {
                _ = try await putWhole(path, content.body(0..<size), condition)
            }
            return .created
        case .ifAbsent:
            guard size <= S3Bucket.requestLimit else {
                throw StoreError(
                    .unsupported,
                    "cannot write \(path) in \(name): it has more than 5 GiB, the most a condition works for")
            }
            try await requireConditions()
            return try await putWhole(path, content.body(0..<size), condition)
        }
    }

    private func putWhole(_ path: String, _ body: HTTPRequest.Body, _ condition: PutCondition) async throws
        -> PutOutcome
    {
        var call = call("PUT", path, to: "write")
        try call.carry(body)
        if condition == .ifAbsent {
            call.fields.append(HTTPField("If-None-Match", "*"))
            call.accepted = [412]
        }
        return try await client.perform(call) { $0.status == 412 ? .existed : .created }
    }

    /// Begins to find out whether the service honours conditions.
    public func expectConditions() { _ = startedProbe() }

    /// Refuses a service that does not honour conditions.
    private func requireConditions() async throws {
        let task = startedProbe()
        let isHonoured: Bool
        do {
            isHonoured = try await task.value
        } catch {
            // Whoever asks next tries again.
            probe.withLock { if $0 == task { $0 = nil } }
            throw error
        }
        guard isHonoured else {
            throw StoreError(
                .unsupported,
                "the service of \(name) ignores conditional writes (If-None-Match), without which two people's pushes could "
                    + "undo each other; use one that honours them, or keep Git on another host and only weights here")
        }
    }

    /// The probe, one for all who want to know at the same time.
    private func startedProbe() -> Task<Bool, any Error> {
        probe.withLock { probe in
            if let probe { return probe }
            let task = Task { try await honoursConditions() }
            probe = task
            return task
        }
    }

    /// Tries whether the service refuses the second write of one file.
    private func honoursConditions() async throws -> Bool {
        // The file stays, so that from then on one request tells.
        if try await putWhole(S3Bucket.probePath, .none, .ifAbsent) == .existed { return true }
        return try await putWhole(S3Bucket.probePath, .none, .ifAbsent) == .existed
    }
}

extension S3Call {
    /// Sends a body along, with what the service checks it against.
    mutating func carry(_ body: HTTPRequest.Body) throws {
        self.body = body
        digest = try BodyDigest(of: body)
        if let md5 = digest.md5 { fields.append(HTTPField("Content-MD5", Base64.encode(md5))) }
    }
}

extension ObjectContent {
    /// A range of the bytes as the body of a request.
    func body(_ range: Range<UInt64>) -> HTTPRequest.Body {
        switch self {
        case .bytes(let bytes): .bytes(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        case .file(let path): .file(path: path, range: range)
        }
    }
}
