internal import ModmetaGit
internal import ModmetaStore
internal import ModmetaSystem

/// The store that a verb is about: the one it was given, or that of the repository it was started in.
enum StoreArgument {
    /// Finds the store.
    ///
    /// - Parameter text: the URL that was given; nil for the store that weights of the remote `origin` go to.
    static func resolve(_ text: String?) async throws -> StoreURL {
        if let text { return try StoreURL(text) }
        let repository: Repository
        do {
            repository = try await Repository.discover()
        } catch let error as LFSAgentError {
            throw CommandFailure(
                kind: .input, message: "no store was named, and \(error)",
                hints: ["Name it, for example modmeta::file:///mnt/models/qa."])
        }
        let endpoint = try await LFSEndpoint.resolve(.upload, remote: "origin", in: repository)
        return try StoreURL(endpoint.url, removingLFSSuffix: endpoint.key == "remote")
    }
}
