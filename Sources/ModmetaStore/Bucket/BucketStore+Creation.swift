internal import ModmetaFormats

extension BucketStore {
    /// Opens the store in a bucket; never creates one.
    ///
    /// - Throws: `.noStore` if there is none, `.unsupported` if its format is of another version.
    public static func open(_ files: any BucketFiles) async throws -> BucketStore {
        let store = BucketStore(files: files)
        do {
            _ = try await store.format()
        } catch let error as StoreError where error.code == .noStore {
            throw StoreError(.noStore, "there is no store at \(files.name): \(error.message)")
        } catch let error as StoreError where error.code == .unsupported || error.code == .corrupt {
            throw StoreError(error.code, "cannot use the store at \(files.name): \(error.message)")
        }
        return store
    }

    /// Opens the store in a bucket, and makes one if there is none; the bucket itself must be there.
    ///
    /// The format document, which makes it a store, comes last. Of several makers one wins; the others open its store.
    ///
    /// - Parameter objectFormat: the hash function of the Git repository beside it.
    public static func create(
        _ files: any BucketFiles, objectFormat: GitObjectFormat = .sha1
    ) async throws -> BucketStore {
        let store = BucketStore(files: files)
        if try await store.newestFormat() == nil {
            // At once, as each takes two round trips.
            try await withThrowingDiscardingTaskGroup { group in
                for (path, text) in gitFiles(objectFormat) {
                    group.addTask {
                        guard try await files.size(of: path) == nil else { return }
                        _ = try await files.put(path, .bytes(Array(text.utf8)), .always)
                    }
                }
            }
            _ = try await store.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        }
        return try await open(files)
    }

    /// The files that make a bare Git repository of a bucket.
    private static func gitFiles(_ objectFormat: GitObjectFormat) -> [(path: String, text: String)] {
        var config = "[core]\n\trepositoryformatversion = \(objectFormat == .sha1 ? 0 : 1)\n"
        config += "\tfilemode = true\n\tbare = true\n"
        if objectFormat != .sha1 { config += "[extensions]\n\tobjectformat = \(objectFormat.rawValue)\n" }
        return [("config", config), ("HEAD", "ref: refs/heads/main\n")]
    }
}
