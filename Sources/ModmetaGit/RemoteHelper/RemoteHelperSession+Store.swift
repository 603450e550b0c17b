internal import ModmetaStore

extension RemoteHelperSession {
    /// The session of the program `git-remote-modmeta`: real stores, and the weights in the store that uploads go to.
    public static func standard() -> RemoteHelperSession {
        RemoteHelperSession(
            openStore: { address, creating in
                let url = try StoreURL(address)
                switch url.location {
                case .directory(let path):
                    if let creating {
                        _ = try await LocalStore.create(at: path, objectFormat: creating)
                    } else {
                        _ = try await LocalStore.open(at: path)
                    }
                    return .directory(path: path)
                case .bucket, .server: return try await openBucket(url, creating)
                }
            },
            weights: { invocation in
                StoreWeights(repository: try await Repository.discover(), remote: invocation.remote)
            })
    }

    private static func openBucket(_ url: StoreURL, _ creating: GitObjectFormat?) async throws -> OpenedStore {
        let access = try await StoreAccess.standard()
        let store =
            if let creating {
                try await url.create(objectFormat: creating, access)
            } else {
                try await url.open(access)
            }
        guard let bucket = store as? BucketStore else {
            throw StoreError(.unsupported, "\(url) keeps no history; use it for weights, as lfs.url")
        }
        return .bucket(bucket.files, try await bucket.format().id)
    }
}
