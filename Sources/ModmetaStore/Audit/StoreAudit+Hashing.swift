internal import ModmetaFormats
internal import ModmetaSystem

extension StoreAudit {
    /// Hashes every object of the families whose names are the digests of their bytes.
    ///
    /// - Returns: what is wrong, by key.
    func hashAll(
        _ members: [(family: ObjectFamily, object: ListedObject)], progress: SharedProgress
    ) async throws -> [ObjectKey: Damage] {
        var damaged: [ObjectKey: Damage] = [:]
        try await members.concurrentForEach(
            width: width,
            { member in
                let key = member.family.key(member.object.digest)
                return (key, try await damage(to: key, member.object, progress))
            }, receive: { key, damage in damaged[key] = damage })
        return damaged
    }

    /// Hashes one object block by block; nil if it fits its name, or was deleted since it was listed.
    private func damage(
        to key: ObjectKey, _ object: ListedObject, _ progress: SharedProgress
    ) async throws -> Damage? {
        let size = object.size
        var offset: UInt64 = 0
        defer { progress.finished(object, noted: offset) }
        do {
            var hash = SHA256()
            while offset < size {
                try Task.checkCancellation()
                let block = try await store.read(key, range: offset..<min(size, offset + UInt64(File.blockSize)))
                hash.update(block)
                offset += UInt64(block.count)
                progress.read(UInt64(block.count))
            }
            let found = hash.finish()
            if found == object.digest { return nil }
            return size == 0
                ? Damage(kind: .truncated, detail: "it is empty")
                : Damage(kind: .flipped, detail: "the SHA-256 of its \(size) bytes is \(found)")
        } catch let error as StoreError {
            return error.code == .missing ? nil : Damage(error)
        }
    }
}
