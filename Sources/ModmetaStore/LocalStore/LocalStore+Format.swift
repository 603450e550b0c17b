internal import ModmetaSystem

extension LocalStore {
    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await StoreError.fromSystem { try await swapFormat(expected, new) }
    }

    private func swapFormat(_ expected: [UInt8]?, _ new: [UInt8]) async throws -> Bool {
        let target = try filePath(.format)
        let lock = try await FileLock.acquire(
            "\(target).lock", exactMode: permissions.mutable,
            patience: LocalStore.lockPatience)
        defer { withExtendedLifetime(lock) {} }
        let current: [UInt8]?
        do {
            current = try await read(.format, limit: StoreFormat.byteLimit)
        } catch let error as StoreError where error.code == .missing {
            current = nil
        }
        guard current == expected else { return false }
        let temporary = try newTemporary(exactMode: permissions.mutable, mode: 0o666)
        try temporary.file.append(new)
        try temporary.file.sync()
        if expected == nil {
            // `put` takes no lock; it may have been faster.
            guard try temporary.name(target) == .named else { return false }
        } else {
            try temporary.replace(target)
        }
        try LocalStore.parent(of: target).sync()
        return true
    }
}
