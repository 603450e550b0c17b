public import ModmetaFormats

extension LocalStore {
    /// Replaces the bytes of a manifest if they are still `expected`.
    ///
    /// All who replace manifests hold the lock of the format document; `put` touches none that is there.
    public func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        let key = ObjectKey.manifest(object)
        let lock = try await FileLock.acquire("\(try filePath(.format)).lock", exactMode: permissions.mutable)
        defer { _ = lock }
        guard try await size(of: key) == UInt64(expected.count) else { return false }
        do {
            guard try await read(key, limit: expected.count) == expected else { return false }
        } catch let error as StoreError where error.code == .missing {
            return false
        }
        var temporary = try newTemporary(exactMode: permissions.immutable, mode: 0o444)
        try temporary.file.write(new)
        try temporary.file.sync()
        let target = try filePath(key)
        try temporary.replace(target)
        try LocalStore.parent(of: target).sync()
        return true
    }
}
