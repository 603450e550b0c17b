internal import ModmetaStore

extension RemoteHelperSession {
    /// The session of the program `git-remote-modmeta`: real stores, and the weights in the store that uploads go to.
    public static func standard() -> RemoteHelperSession {
        RemoteHelperSession(
            openStore: { address, creating in
                let url = try StoreURL(address)
                guard let path = url.path else {
                    throw StoreError(.unsupported, "\(url) is not a directory store; only those can be used so far")
                }
                if let creating {
                    _ = try await LocalStore.create(at: path, objectFormat: creating)
                } else {
                    _ = try await LocalStore.open(at: path)
                }
                return path
            },
            weights: { invocation in
                StoreWeights(repository: try await Repository.discover(), remote: invocation.remote)
            })
    }
}
