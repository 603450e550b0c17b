internal import ModmetaFormats
public import ModmetaStore

extension BucketStore {
    /// Opens the store in a bucket; never creates one.
    ///
    /// - Parameter isWriter: whether objects will be put into it.
    /// - Returns: the store, and its format as it is now.
    /// - Throws: `.noStore` if there is none, `.unsupported` if its format is of another version.
    public static func open(
        _ files: any BucketFiles, isWriter: Bool = false
    ) async throws -> (store: BucketStore, format: StoreFormat) {
        let store = BucketStore(files: files)
        guard let format = try await store.formatIfAny() else {
            throw StoreError(
                .noStore,
                "there is no store at \(files.name): there is no \(ObjectKey.format.path) in it, so it is not a modmeta store "
                    + "yet")
        }
        // Not before: where there is no store, nothing is written.
        if isWriter { files.expectConditions() }
        return (store, format)
    }

    /// Opens the store in a bucket, and makes one if there is none; the bucket itself must be there.
    ///
    /// The format document, which makes it a store, comes last. Of several makers one wins; the others open its store.
    ///
    /// - Parameter objectFormat: the hash function of the Git repository beside it.
    /// - Returns: the store, and its format as it is now.
    public static func create(
        _ files: any BucketFiles, objectFormat: GitObjectFormat = .sha1
    ) async throws -> (store: BucketStore, format: StoreFormat) {
        // Who creates will write.
        files.expectConditions()
        let store = BucketStore(files: files)
        if let format = try await store.formatIfAny() { return (store, format) }
        // At once, as each takes a round trip.
        try await withThrowingDiscardingTaskGroup { group in
            for (path, text) in gitFiles(objectFormat) { group.addTask { try await store.putMissing(path, text) } }
        }
        let format = StoreFormat()
        guard try await store.putFormat(format.serialized(), after: nil) else { return try await open(files) }
        // One that has not asked yet, so that it asks for both its first and its newest generation at once.
        return (BucketStore(files: files), format)
    }

    /// The format as it is now; nil if there is none.
    private func formatIfAny() async throws -> StoreFormat? {
        do {
            return try await readFormat(limit: StoreFormat.byteLimit).map { try StoreFormat.read($0.document) }
        } catch let error as StoreError where error.code == .noStore {
            throw StoreError(.noStore, "there is no store at \(files.name): \(error.message)")
        } catch let error as StoreError where error.code == .unsupported || error.code == .corrupt {
            throw StoreError(error.code, "cannot use the store at \(files.name): \(error.message)")
        }
    }

    /// Writes a file of Git's unless there is one.
    private func putMissing(_ path: String, _ text: String) async throws {
        let content = ObjectContent.bytes(Array(text.utf8))
        do {
            _ = try await files.put(path, content, .ifAbsent)
        } catch let error as StoreError where error.code == .unsupported {
            guard try await files.size(of: path) == nil else { return }
            _ = try await files.put(path, content, .always)
        }
    }

    /// The files that make a bare Git repository of a bucket.
    private static func gitFiles(_ objectFormat: GitObjectFormat) -> [(path: String, text: String)] {
        var config = "[core]\n\trepositoryformatversion = \(objectFormat == .sha1 ? 0 : 1)\n"
        config += "\tfilemode = true\n\tbare = true\n"
        if objectFormat != .sha1 { config += "[extensions]\n\tobjectformat = \(objectFormat.rawValue)\n" }
        return [("config", config), ("HEAD", "ref: refs/heads/main\n")]
    }
}
