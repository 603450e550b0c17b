public import ModmetaFormats
internal import ModmetaSystem

extension LocalStore {
    /// Replaces the bytes of a manifest if they are still `expected`.
    ///
    /// All who replace manifests hold the lock of the format document; `put` touches none that is there.
    public func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        try await StoreError.fromSystem { try await replace(.manifest(object), expected, new) }
    }

    private func replace(_ key: ObjectKey, _ expected: [UInt8], _ new: [UInt8]) async throws -> Bool {
        let lock = try await FileLock.acquire(
            "\(try filePath(.format)).lock", exactMode: permissions.mutable,
            patience: LocalStore.lockPatience)
        defer { withExtendedLifetime(lock) {} }
        guard try await size(of: key) == UInt64(expected.count) else { return false }
        do {
            guard try await read(key, limit: expected.count) == expected else { return false }
        } catch let error as StoreError where error.code == .missing {
            return false
        }
        let temporary = try newTemporary(exactMode: permissions.immutable, mode: 0o444)
        try temporary.file.append(new)
        try temporary.file.sync()
        let target = try filePath(key)
        try temporary.replace(target)
        try LocalStore.parent(of: target).sync()
        return true
    }
}
