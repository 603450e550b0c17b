public import ModmetaSnapshots

/// Makes a snapshot of a checkpoint: checks, hashes, commits and tags it.
///
/// `make` does all of it. To show how far each step has come, call `prepare`, `PreparedSnapshot.hash` and
/// `HashedSnapshot.record` one after the other; to call the first two and drop the result leaves lines that were added to
/// `.gitattributes`, and nothing else.
public struct SnapshotMaker: Sendable {
    let repository: SnapshotRepository
    let options: SnapshotOptions

    /// Creates a maker.
    public init(_ options: SnapshotOptions, in repository: SnapshotRepository) {
        self.options = options
        self.repository = repository
    }

    /// Makes the snapshot; making the same one again changes nothing.
    ///
    /// - Parameter progress: receives how many bytes were hashed, of how many.
    /// - Returns: the snapshot as the repository has it, which is the earlier one if it was made before.
    /// - Throws: `RepositoryError` and `SnapshotError` for what the caller can mend, `GitError` if git fails; the branch, the
    ///   tags and `.gitattributes` are then as before.
    @discardableResult
    public func make(progress: @escaping HashingProgress = { _, _ in }) async throws -> SnapshotDocument {
        try await prepare().hash(progress: progress).record()
    }

    /// Refuses all that can be refused before anything is hashed, and adds what `.gitattributes` lacks.
    ///
    /// - Throws: `RepositoryError`, `SnapshotError` or `GitError`; `.gitattributes` is then as before.
    public func prepare() async throws -> PreparedSnapshot {
        let locks = SnapshotLocks(of: repository)
        await locks.clear()
        if options.isCommitted {
            try locks.checkIndex()
            try await checkIdentity()
        }
        let moment = Moment()
        let name = if let name = options.name { name } else { try await repository.freeName(moment.name) }
        try SnapshotName.check(name)
        let checkpoint = try Checkpoint(paths: options.paths, in: repository)
        let paths = try options.paths.compactMap { try RepositoryPath.relative($0, to: repository.top) }
        try checkConfigs()
        let head = try await repository.head()
        let attributes =
            options.isCommitted
            ? try await SnapshotAttributes(of: checkpoint, paths: paths, in: repository).settle() : nil
        do {
            return PreparedSnapshot(
                repository: repository, isCommitted: options.isCommitted, head: head,
                // A line more in .gitattributes is a change if that file is part of the checkpoint.
                checkpoint: attributes == nil ? checkpoint : try Checkpoint(paths: options.paths, in: repository),
                request: try await request(name: name, moment: moment, paths: paths, head: head),
                attributes: attributes)
        } catch {
            attributes?.undo()
            throw error
        }
    }
}
