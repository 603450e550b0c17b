internal import ModmetaFormats
internal import ModmetaSystem

/// Takes single objects from one store to another, hashing them on the way.
struct ObjectCarrier: Sendable {
    /// What became of an object.
    enum Outcome: Sendable {
        case copied
        /// It was deleted in the source since it was listed.
        case gone
        case failed(String)
    }

    let source: any ObjectStore
    let destination: any ObjectStore
    /// A directory for objects that are too large for memory.
    let scratch: String

    /// Objects up to this size are held in memory; so is every manifest.
    private static let memoryLimit: UInt64 = 16 << 20
    private static let blockSize: UInt64 = 4 << 20

    /// Takes an object across.
    ///
    /// - Parameter read: receives how many more bytes of a large object have come from a source that may be far away.
    func carry(_ key: ObjectKey, size: UInt64, read: (UInt64) -> Void) async throws -> Outcome {
        do {
            let isSmall = size <= Self.memoryLimit || key.contentDigest == nil
            return isSmall ? try await carryBytes(key, size) : try await carryFile(key, size, read)
        } catch let error as StoreError where error.code == .missing {
            return .gone
        } catch let error as StoreError where error.code == .corrupt {
            return .failed(error.message)
        }
    }

    private func carryBytes(_ key: ObjectKey, _ size: UInt64) async throws -> Outcome {
        let bytes = try await source.read(key, limit: Int(clamping: size))
        if let digest = key.contentDigest, SHA256.hash(bytes) != digest { return damaged(SHA256.hash(bytes)) }
        _ = try await destination.put(key, .bytes(bytes))
        return .copied
    }

    private func carryFile(_ key: ObjectKey, _ size: UInt64, _ read: (UInt64) -> Void) async throws -> Outcome {
        var hash = SHA256()
        if let local = source as? LocalStore {
            try await self.read(key, size) { hash.update($0) }
            let found = hash.finish()
            guard found == key.contentDigest else { return damaged(found) }
            // The file cannot be changed meanwhile, only deleted.
            _ = try await destination.put(key, .file(path: try local.filePath(key)))
            return .copied
        }
        let temporary = try AtomicFile(in: scratch, mode: 0o600)
        defer { withExtendedLifetime(temporary) {} }
        try await self.read(key, size) { bytes in
            hash.update(bytes)
            try temporary.file.append(bytes)
            read(UInt64(bytes.count))
        }
        let found = hash.finish()
        guard found == key.contentDigest else { return damaged(found) }
        _ = try await destination.put(key, .file(path: temporary.file.path))
        return .copied
    }

    private func read(_ key: ObjectKey, _ size: UInt64, _ body: ([UInt8]) throws -> Void) async throws {
        var offset: UInt64 = 0
        while offset < size {
            try Task.checkCancellation()
            let end = min(size, offset + Self.blockSize)
            try body(try await source.read(key, range: offset..<end))
            offset = end
        }
    }

    private func damaged(_ found: Digest) -> Outcome { .failed("it is damaged in the source: its SHA-256 is \(found)") }
}
