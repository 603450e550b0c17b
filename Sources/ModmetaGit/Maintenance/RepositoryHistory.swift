public import ModmetaFormats
public import ModmetaStore

/// What the refs of a repository on this machine need, for a store whose history lies there.
public struct RepositoryHistory: LiveObjects {
    private let pointers: HistoryPointers

    /// Finds the repository at a path, which may be bare or have a work tree.
    ///
    /// - Throws: `LFSAgentError` where there is none.
    public init(at path: String) async throws {
        // What is missing from a partial clone must not be fetched behind our back, and is an error.
        let git = Git(directory: path, environment: Git.noRepository.merging(PointerBlobs.environment) { $1 })
        _ = try await Repository.discover(with: git)
        pointers = HistoryPointers(
            git: git.with(["GIT_NO_REPLACE_OBJECTS": "1"]), place: path, scratch: try ScratchDirectory())
    }

    /// Calls `body` for each LFS object that refs lead to.
    public func forEach(_ body: (ObjectID) throws -> Void) async throws { try await pointers.forEach(body) }
}
