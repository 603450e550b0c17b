internal import ModmetaFormats
public import ModmetaStore

extension BucketStore {
    /// Stores an object unless the key is taken.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        let offered: UInt64
        switch content {
        case .bytes(let bytes): offered = UInt64(bytes.count)
        case .file(let path): offered = try UploadedFile(path).size
        }
        if key == .format { return try await putFormat(content, size: offered) }
        // A round trip costs less than sending much for nothing.
        if offered >= UInt64(BucketStore.lookFirstSize), let size = try await files.size(of: key.path) {
            return try await judge(key, content, offered: offered, size: size)
        }
        if try await putIfAbsent(key, content) == .created { return .created }
        // Deleted meanwhile: as if it had been there when the call began.
        guard let size = try await files.size(of: key.path) else { return .existed }
        return try await judge(key, content, offered: offered, size: size)
    }

    private func putIfAbsent(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        if key.contentDigest != nil, try content.isLargeForOneRequest {
            // In parts, which can be resumed; whoever else writes the key writes the same bytes.
            return try await files.put(key.path, content, .always)
        }
        do {
            return try await files.put(key.path, content, .ifAbsent)
        } catch let error as StoreError where error.code == .unsupported {
            if try await files.size(of: key.path) != nil { return .existed }
            return try await files.put(key.path, content, .always)
        }
    }

    /// Decides about an object that is there already, and mends one that is torn.
    private func judge(
        _ key: ObjectKey, _ content: ObjectContent, offered: UInt64, size: UInt64
    ) async throws -> PutOutcome {
        guard size != offered else { return .existed }
        let existing = key.contentDigest == nil ? nil : try await hash(of: key, size: size)
        let judged = try ExistingObject(
            key: key, size: size, offered: offered, existingHash: { existing ?? SHA256.hash([]) },
            offeredHash: { try content.hash() })
        guard judged == .torn else { return .existed }
        return try await files.put(key.path, content, .always)
    }

    private func hash(of key: ObjectKey, size: UInt64) async throws -> Digest {
        var hash = SHA256()
        let step: UInt64 = 8 << 20
        for start in stride(from: 0, to: size, by: Int(step)) {
            hash.update(try await files.read(key.path, range: start..<min(start + step, size)))
        }
        return hash.finish()
    }
}

extension ObjectContent {
    /// Whether it is better sent in parts that can be resumed one by one.
    fileprivate var isLargeForOneRequest: Bool {
        get throws {
            let limit = S3PartLimits().singleLimit
            switch self {
            case .bytes(let bytes): return UInt64(bytes.count) > limit
            case .file(let path): return try UploadedFile(path).size > limit
            }
        }
    }

    fileprivate func hash() throws -> Digest {
        switch self {
        case .bytes(let bytes): return SHA256.hash(bytes)
        case .file(let path): return try UploadedFile(path).hash()
        }
    }
}
