internal import ModmetaFormats

extension StoreAudit {
    /// Hashes every object of the families whose names are the digests of their bytes.
    ///
    /// - Returns: what is wrong, by key.
    func hashAll(
        _ members: [(family: ObjectFamily, object: ListedObject)], progress: (AuditProgress) -> Void
    ) async throws -> [ObjectKey: Damage] {
        var state = AuditProgress()
        state.objectsTotal = members.count
        state.bytesTotal = members.reduce(0) { $0 + $1.object.size }
        var damaged: [ObjectKey: Damage] = [:]
        try await withThrowingTaskGroup(of: (ObjectKey, UInt64, Damage?).self) { group in
            var waiting = members.makeIterator()
            func startNext() {
                guard let (family, object) = waiting.next() else { return }
                group.addTask {
                    let key = family.key(object.digest)
                    return (key, object.size, try await damage(to: key, digest: object.digest, size: object.size))
                }
            }
            for _ in 0..<width { startNext() }
            while let (key, size, damage) = try await group.next() {
                damaged[key] = damage
                state.objectsDone += 1
                state.bytesDone += size
                progress(state)
                startNext()
            }
        }
        return damaged
    }

    /// Hashes one object block by block; nil if it fits its name, or was deleted since it was listed.
    private func damage(to key: ObjectKey, digest: Digest, size: UInt64) async throws -> Damage? {
        do {
            var hash = SHA256()
            var offset: UInt64 = 0
            while offset < size {
                try Task.checkCancellation()
                let block = try await store.read(key, range: offset..<min(size, offset + UInt64(OpenFile.blockSize)))
                hash.update(block)
                offset += UInt64(block.count)
            }
            let found = hash.finish()
            if found == digest { return nil }
            return size == 0
                ? Damage(kind: .truncated, detail: "it is empty")
                : Damage(kind: .flipped, detail: "the SHA-256 of its \(size) bytes is \(found)")
        } catch let error as StoreError {
            return error.code == .missing ? nil : Damage(error)
        }
    }
}
