internal import ModmetaFormats
public import ModmetaStore
internal import ModmetaSystem

extension GitRefStore {
    /// The size of a document in bytes, or nil.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        try await content(of: key).map { UInt64($0.count) }
    }

    /// Reads a whole document of at most `limit` bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        guard let bytes = try await content(of: key) else { throw missing(key) }
        guard bytes.count <= limit else {
            throw StoreError(
                .corrupt, "\(key.path) has \(bytes.count) bytes, more than the \(limit) such an object may have")
        }
        return bytes
    }

    /// Reads a range of a document; the result has exactly the range's length.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        guard let bytes = try await content(of: key) else { throw missing(key) }
        guard range.upperBound <= UInt64(bytes.count) else {
            throw StoreError(.corrupt, "\(key.path) ends before byte \(range.upperBound), which is wanted")
        }
        return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// Stores a document unless the key is taken; returns once the server acknowledged it.
    ///
    /// Sketches are only written down, and go with the next push of anything else.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        let bytes = try GitRefStore.bytes(of: content, key)
        if let there = try await self.content(of: key) {
            let judged = try ExistingObject(
                key: key, size: UInt64(there.count), offered: UInt64(bytes.count),
                existingHash: { SHA256.hash(there) }, offeredHash: { SHA256.hash(bytes) })
            if judged == .kept { return .existed }
            if GitRefStore.isDeferred(key) { pending.remove(key.path) }
        }
        let isOurs = try pending.add(key.path, bytes)
        if GitRefStore.isDeferred(key) { return isOurs ? .created : .existed }
        do {
            try await publish()
        } catch {
            if isOurs { pending.remove(key.path) }
            throw error
        }
        guard isOurs, try await self.content(of: key) == bytes else { return .existed }
        return .created
    }

    private static func bytes(of content: ObjectContent, _ key: ObjectKey) throws -> [UInt8] {
        switch content {
        case .bytes(let bytes): return bytes
        case .file(let path):
            let file = try UploadedFile(path)
            guard file.size <= UInt64(PendingDocuments.byteLimit) else {
                throw StoreError(.unsupported, "\(path) is too large for \(key.path), which is kept in Git")
            }
            return try file.readAll()
        }
    }

    /// Replaces the bytes of the format document if they are still `expected` (nil: absent).
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        _ = try await tip()
        let path = ObjectKey.format.path
        let lock = try await FileLock.acquire(lockPath, mode: 0o600, patience: nil)
        var isSwapped = false
        try await update(isFirstRefreshed: true) { tip in
            let current = if let tip { try await mirror.read([path], in: tip)[path] } else { [UInt8]?.none }
            isSwapped = current == expected
            return isSwapped && current != new ? [.write(path, new)] : []
        }
        _ = consume lock
        return isSwapped
    }

    /// Calls `visit` once for each document of a family; all have the time of the last push.
    public nonisolated func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        for object in try await listed(family) { try await visit(object) }
    }

    private func listed(_ family: ObjectFamily) async throws -> [ListedObject] {
        let directory: String
        switch family {
        case .objects: directory = "lfs/objects"
        case .manifests: directory = "modmeta/manifests"
        case .sketches: directory = "modmeta/index"
        }
        var found: [Digest: UInt64] = [:]
        var modified = SystemCall.now()
        if let tip = try await tip() {
            let blobs = try await mirror.list(directory, in: tip)
            try await readAhead(blobs, in: tip)
            modified = try await mirror.date(of: tip)
            for blob in blobs {
                guard let digest = Digest(hex: blob.path.suffix(2 * Digest.byteCount)) else { continue }
                if family.key(digest).path == blob.path { found[digest] = blob.size }
            }
        }
        if family == .sketches {
            for path in try pending.paths() {
                guard let digest = Digest(hex: path.suffix(2 * Digest.byteCount)), let bytes = pending.read(path),
                    path == family.key(digest).path
                else { continue }
                found[digest] = UInt64(bytes.count)
            }
        }
        return found.map { ListedObject(digest: $0.key, size: $0.value, modified: modified) }
    }

    /// Deletes a document; returns once the server acknowledged it.
    public func delete(_ key: ObjectKey) async throws {
        guard try await content(of: key) != nil else { return }
        let lock = try await FileLock.acquire(lockPath, mode: 0o600, patience: nil)
        pending.remove(key.path)
        try await update(isFirstRefreshed: true) { tip in
            guard let tip, try await mirror.size(of: key.path, in: tip) != nil else { return [] }
            return [.remove(key.path)]
        }
        _ = consume lock
    }

    private func missing(_ key: ObjectKey) -> StoreError { StoreError(.missing, "the store has no \(key.path)") }
}
