public import ModmetaFormats
public import ModmetaStore
internal import ModmetaSystem

/// What the refs of a repository on this machine need, for a store whose history lies there.
public struct RepositoryHistory: LiveObjects {
    private let pointers: HistoryPointers
    private let census: RefCensus

    /// Finds the repository at a path, which may be bare or have a work tree.
    ///
    /// - Throws: `LFSAgentError` where there is none.
    public init(at path: String) async throws {
        // What is missing from a partial clone must not be fetched behind our back, and is an error.
        let git = Git(directory: path, environment: Git.noRepository.merging(PointerBlobs.environment) { $1 })
        let directory = try await Repository.discover(with: git).commonDirectory
        // Not the work tree that was named: git would leave out what others have for themselves.
        let all = git.with(["GIT_NO_REPLACE_OBJECTS": "1", "GIT_DIR": directory])
        pointers = HistoryPointers(git: all, place: path, scratch: try ScratchDirectory())
        census = RefCensus(git: all, directory: directory)
    }

    /// Whether there is any ref.
    public func hasRefs() async throws -> Bool { try await !census.take().tips.isEmpty }

    /// Calls `body` for each LFS object that refs lead to.
    public func forEach(_ body: (ObjectID) throws -> Void) async throws {
        try await pointers.forEach(from: census.take().tips) { pointer, _ in try body(pointer.object) }
    }

    /// Changes with any ref of the repository.
    public func mark() async throws -> Digest? { try census.mark() }

    /// A ref and a path under which an object is found.
    public func places(of objects: Set<ObjectID>) async throws -> [ObjectID: String] {
        try await pointers.places(of: objects, from: census.take().tips)
    }
}
