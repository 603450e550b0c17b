public import ModmetaStore

extension StoreURL {
    /// Opens the store; never creates one.
    ///
    /// One on a network is behind a `RetryingStore`.
    ///
    /// - Parameter isWriter: whether objects will be put into it.
    /// - Returns: the store, and its format as it is now.
    /// - Throws: `.noStore` if there is none, `.unsupported` for a kind of store this program has no backend for.
    public func open(
        _ access: StoreAccess = StoreAccess(), isWriter: Bool = false
    ) async throws -> (store: any ObjectStore, format: StoreFormat) {
        switch location {
        case .directory(let path):
            let store = try await LocalStore.open(at: path)
            return (store, try await store.format())
        case .bucket(let name, let prefix):
            let opened = try await BucketStore.open(try access.bucket(name, prefix: prefix), isWriter: isWriter)
            return (RetryingStore(opened.store, policy: .once), opened.format)
        case .server: throw unsupported
        }
    }

    /// Opens the store as `open(_:)` does, and creates it if there is none.
    ///
    /// - Returns: the store, and its format as it is now.
    /// - Throws: `.unsupported` for a kind of store this program has no backend for.
    public func create(
        objectFormat: GitObjectFormat = .sha1, _ access: StoreAccess = StoreAccess()
    ) async throws -> (store: any ObjectStore, format: StoreFormat) {
        switch location {
        case .directory(let path):
            let store = try await LocalStore.create(at: path, objectFormat: objectFormat)
            return (store, try await store.format())
        case .bucket(let name, let prefix):
            let opened = try await BucketStore.create(
                try access.bucket(name, prefix: prefix), objectFormat: objectFormat)
            return (RetryingStore(opened.store, policy: .once), opened.format)
        case .server: throw unsupported
        }
    }

    private var unsupported: StoreError {
        StoreError(
            .unsupported,
            "cannot use \(self) here: Git on an LFS server's host is reached through git, its weights through git's "
                + "credentials")
    }
}
