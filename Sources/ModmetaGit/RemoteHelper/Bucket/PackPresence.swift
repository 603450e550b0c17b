internal import ModmetaFormats
internal import ModmetaStore

/// Proves that packs are in a bucket, before a generation lists them.
struct PackPresence: Sendable {
    /// The bucket.
    let files: any BucketFiles

    /// Compares the sizes of packs and indexes with what is in the bucket.
    ///
    /// - Throws: `StoreError.Code.corrupt`, naming the first that is missing or of another size.
    func check(_ packs: [ListedPack]) async throws {
        guard !packs.isEmpty else { return }
        var wanted: [ByteString: UInt64] = [:]
        for pack in packs {
            wanted[ByteString(pack.packPath)] = pack.pack.length
            wanted[ByteString(pack.indexPath)] = pack.index.length
        }
        try await files.list(prefix: ListedPack.directory) { entry in
            let path = ByteString(entry.path)
            if wanted[path] == entry.size { wanted[path] = nil }
            return !wanted.isEmpty
        }
        // A listing may be a little behind; the files themselves are not.
        for (path, size) in wanted.sorted(by: { $0.key < $1.key }) {
            let found = try await files.size(of: path.text)
            guard found == size else {
                throw StoreError(
                    .corrupt,
                    "\(path) in \(files.name) \(found.map { "has \($0) bytes" } ?? "is missing") and should have \(size) "
                        + "bytes; put it back from a copy of the bucket")
            }
        }
    }
}
