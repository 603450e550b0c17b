public import ModmetaFormats
internal import Synchronization

/// A store in this process's memory, for tests.
public final class MemoryStore: ObjectStore {
    private struct Stored {
        var bytes: [UInt8]
        var modified: Int64
    }

    private let objects = Mutex<[ObjectKey: Stored]>([:])
    private let clock: @Sendable () -> Int64

    /// Creates a store without objects; it has a format document only once one was put.
    ///
    /// - Parameter clock: the store's time, in seconds since 1970.
    public init(clock: @escaping @Sendable () -> Int64 = Collector.time) { self.clock = clock }

    /// The size of an object in bytes, or nil if the store does not have it.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        objects.withLock { $0[key].map { UInt64($0.bytes.count) } }
    }

    /// Reads a whole object of at most `limit` bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        let bytes = try bytes(key)
        guard bytes.count <= limit else {
            throw StoreError(
                .corrupt, "\(key.path) has \(bytes.count) bytes, more than the \(limit) such an object may have")
        }
        return bytes
    }

    /// Reads a range of an object; the result has exactly the range's length.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        let bytes = try bytes(key)
        guard range.upperBound <= bytes.count else {
            throw StoreError(
                .corrupt,
                "\(key.path) has \(bytes.count) bytes and ends before byte \(range.upperBound), which is wanted")
        }
        return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// Stores an object unless the key is taken.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        let bytes: [UInt8]
        switch content {
        case .bytes(let given):
            bytes = given
        case .file(let path):
            bytes = try UploadedFile(path).readAll()
        }
        return try objects.withLock { objects in
            if let there = objects[key] {
                let judged = try ExistingObject(
                    key: key, size: UInt64(there.bytes.count), offered: UInt64(bytes.count),
                    existingHash: { SHA256.hash(there.bytes) }, offeredHash: { SHA256.hash(bytes) })
                if judged == .kept { return .existed }
            }
            objects[key] = Stored(bytes: bytes, modified: clock())
            return .created
        }
    }

    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        objects.withLock { objects in
            guard objects[.format]?.bytes == expected else { return false }
            objects[.format] = Stored(bytes: new, modified: clock())
            return true
        }
    }

    /// Replaces the bytes of a manifest if they are still `expected`.
    public func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        objects.withLock { objects in
            guard objects[.manifest(object)]?.bytes == expected else { return false }
            objects[.manifest(object)] = Stored(bytes: new, modified: clock())
            return true
        }
    }

    /// Calls `visit` once for each object of a family that is there now.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        let prefix = family.directory + "/"
        let members = objects.withLock { objects in
            objects.compactMap { key, stored -> ListedObject? in
                guard key.path.hasPrefix(prefix), let digest = Digest(hex: key.path.suffix(2 * Digest.byteCount))
                else { return nil }
                return ListedObject(digest: digest, size: UInt64(stored.bytes.count), modified: stored.modified)
            }
        }
        for member in members { try await visit(member) }
    }

    /// Deletes an object; one that is absent is no error.
    public func delete(_ key: ObjectKey) async throws {
        objects.withLock { _ = $0.removeValue(forKey: key) }
    }

    private func bytes(_ key: ObjectKey) throws -> [UInt8] {
        guard let stored = objects.withLock({ $0[key] }) else {
            throw StoreError(.missing, "the store has no \(key.path)")
        }
        return stored.bytes
    }
}
