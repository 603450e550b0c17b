internal import ModmetaStore

extension RemoteHelperSession {
    /// The session of the program `git-remote-modmeta`: real stores, and the weights that belong to them.
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
                case .bucket(let name, let prefix): return try await openBucket(name, prefix: prefix, creating)
                case .server:
                    throw StoreError(.unsupported, "\(url) keeps no history; use it for weights, as lfs.url")
                }
            },
            weights: { try await PushedWeights.standard($0) })
    }

    private static func openBucket(
        _ name: String, prefix: String, _ creating: GitObjectFormat?
    ) async throws -> OpenedStore {
        let files = try await StoreAccess.standard().bucket(name, prefix: prefix)
        // Whoever opens a store asks for its refs next.
        async let found = FoundRefs(in: files)
        let opened =
            if let creating {
                try await BucketStore.create(files, objectFormat: creating)
            } else {
                try await BucketStore.open(files)
            }
        return .bucket(files, opened.format.id, try await found)
    }
}
