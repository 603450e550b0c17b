public import ModmetaNetwork

extension StoreAccess {
    /// Access by this process's environment and the configuration that git has in this place.
    ///
    /// - Throws: `GitError` where git cannot read it.
    public static func standard(git: Git = Git()) async throws -> StoreAccess {
        StoreAccess(gitConfiguration: try await GitConfiguration(readBy: git).http)
    }
}
