extension StoreURL {
    /// Opens the store; never creates one.
    ///
    /// One on a network is behind a `RetryingStore`.
    ///
    /// - Throws: `.noStore` if there is none, `.unsupported` for a kind of store this program has no backend for.
    public func open(_ access: StoreAccess = StoreAccess()) async throws -> any ObjectStore {
        switch location {
        case .directory(let path): try await LocalStore.open(at: path)
        case .bucket(let name, let prefix):
            RetryingStore(try await BucketStore.open(try access.bucket(name, prefix: prefix)), policy: .once)
        case .server: throw unsupported
        }
    }

    /// Opens the store as `open(_:)` does, and creates it if there is none.
    ///
    /// - Throws: `.unsupported` for a kind of store this program has no backend for.
    public func create(
        objectFormat: GitObjectFormat = .sha1, _ access: StoreAccess = StoreAccess()
    ) async throws -> any ObjectStore {
        switch location {
        case .directory(let path): try await LocalStore.create(at: path, objectFormat: objectFormat)
        case .bucket(let name, let prefix):
            RetryingStore(
                try await BucketStore.create(try access.bucket(name, prefix: prefix), objectFormat: objectFormat),
                policy: .once)
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
