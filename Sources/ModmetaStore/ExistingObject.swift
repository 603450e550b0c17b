package import ModmetaFormats

/// What `put` does about an object that has the key already; one rule for every backend.
package enum ExistingObject {
    /// It stays.
    case kept
    /// It is what a torn write left, and the offered bytes take its place.
    case torn

    /// Judges an object by its size, and by its bytes where the sizes differ.
    ///
    /// - Parameters:
    ///   - key: the key both are for.
    ///   - size: the size of what is there, in bytes.
    ///   - offered: the size of what was to be stored, in bytes.
    ///   - existingHash: the SHA-256 of what is there.
    ///   - offeredHash: the SHA-256 of what was to be stored.
    /// - Throws: `.corrupt` if the offered bytes do not fit the key either.
    package init(
        key: ObjectKey, size: UInt64, offered: UInt64, existingHash: () throws -> Digest,
        offeredHash: () throws -> Digest
    ) throws {
        guard size != offered else {
            self = .kept
            return
        }
        guard let digest = key.contentDigest else {
            // Two manifests of one object may differ, and the first wins; but none is empty.
            self = size == 0 ? .torn : .kept
            return
        }
        if try existingHash() == digest {
            throw StoreError(
                .corrupt,
                "the \(offered) bytes offered for \(key.path) are not the object of that name, which has \(size) bytes")
        }
        guard try offeredHash() == digest else {
            throw StoreError(
                .corrupt,
                "\(key.path) is damaged (\(size) bytes), and the \(offered) bytes offered do not fit its name either")
        }
        self = .torn
    }
}
