internal import ModmetaStore

extension RemoteHelperSession {
    /// The session of the program `git-remote-modmeta`: real stores, and the weights that belong to them.
    public static func standard() -> RemoteHelperSession {
        RemoteHelperSession(
            openStore: { address, purpose in
                let url = try StoreURL(address)
                switch url.location {
                case .directory(let path):
                    let store =
                        if case .creating(let objectFormat) = purpose {
                            try await LocalStore.create(at: path, objectFormat: objectFormat)
                        } else {
                            try await LocalStore.open(at: path)
                        }
                    if purpose != .reading { try await store.format().checkWritable() }
                    return .directory(path: path)
                case .bucket(let name, let prefix): return try await openBucket(name, prefix: prefix, purpose)
                case .server:
                    throw StoreError(.unsupported, "\(url) keeps no history; use it for weights, as lfs.url")
                }
            },
            weights: { try await PushedWeights.standard($0) })
    }

    private static func openBucket(
        _ name: String, prefix: String, _ purpose: OpeningPurpose
    ) async throws -> OpenedStore {
        let files = try await StoreAccess.standard().bucket(name, prefix: prefix)
        // Whoever opens a store asks for its refs next.
        async let found = FoundRefs(in: files)
        let opened =
            if case .creating(let objectFormat) = purpose {
                try await BucketStore.create(files, objectFormat: objectFormat)
            } else {
                try await BucketStore.open(files)
            }
        if purpose != .reading { try opened.format.checkWritable() }
        return .bucket(files, opened.format.id, try await found)
    }
}
