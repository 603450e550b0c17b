public import ModmetaFormats
public import ModmetaTransfer

/// The versions that Git's history of a repository knows, read once, when first asked for.
public actor GitVersionHistory: VersionHistory {
    private let repository: Repository
    private let commitLimit: Int
    private var recent: Task<(PointerHistory, isWhole: Bool), any Error>?
    private var unpushed: Task<(PointerHistory, isWhole: Bool), any Error>?

    /// How many objects an answer names at most.
    public static let answerLimit = 8

    /// Creates a history; nothing is read yet.
    ///
    /// - Parameter commitLimit: how many commits are looked at.
    public init(repository: Repository, commitLimit: Int = 2000) {
        self.repository = repository
        self.commitLimit = commitLimit
    }

    /// Returns at most eight objects that were at the object's path before, or at paths like it.
    ///
    /// History that git cannot read, or that is too large to be read, counts as absent: an object without a known earlier
    /// version is sent all the same.
    public func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID] {
        try await history(of: object)
            .previousVersions(of: object, size: size, limit: GitVersionHistory.answerLimit)
    }

    /// Returns the object that a commit replaced by this one, else the nearest one of the same file name: of an earlier
    /// commit, or of the same commit and before it in the order of numbered names.
    public func predecessor(of object: ObjectID) async throws -> ObjectID? {
        try await history(of: object).predecessor(of: object)
    }

    /// Returns the object that was at the same path right before, or nil.
    public func replaced(by object: ObjectID) async throws -> ObjectID? {
        try await history(of: object).replaced(by: object)
    }

    /// Returns where the object first came in, the oldest commit first and numbered names within; nil if that is unknown.
    public func place(of object: ObjectID) async throws -> UInt64? {
        try await history(of: object).place(of: object)
    }

    /// Returns the objects that came with this one, in its commit or in those beside it, itself among them.
    ///
    /// What is pushed with it is mostly there. At most a hundred, the same for all of them.
    public func companions(of object: ObjectID) async -> [(id: ObjectID, size: UInt64)] {
        guard let history = try? await history(of: object) else { return [] }
        return history.companions(of: object)
    }

    /// The history that has the object, if one has.
    private func history(of object: ObjectID) async throws -> PointerHistory {
        // One log answers for nearly all objects. An old branch pushed late may lie behind its end; then what no
        // remote has is read as well, which is what is being pushed.
        let recent = recent ?? Task { try await read(["--all"]) }
        self.recent = recent
        let (history, isWhole) = try await recent.value
        if isWhole || history.contains(object) { return history }
        let unpushed = unpushed ?? Task { try await read(["--all", "--not", "--remotes"]) }
        self.unpushed = unpushed
        return try await unpushed.value.0
    }

    private nonisolated func read(_ revisions: [String]) async throws -> (PointerHistory, isWhole: Bool) {
        do {
            return try await readLog(revisions)
        } catch is GitError {
            return (PointerHistory([]), isWhole: true)
        }
    }

    private nonisolated func readLog(_ revisions: [String]) async throws -> (PointerHistory, isWhole: Bool) {
        let arguments = PointerBlobs.options + RawLog.arguments(limit: commitLimit, revisions)
        // Of a history that git cannot read to its end, as with trees missing, the part before is used.
        let output = try await repository.git.with(PointerBlobs.environment).output(arguments)
        let log = RawLog(parsing: output.standardOutput)
        let pointers = try await PointerBlobs(repository: repository).pointers(in: log)
        let changes = log.changes.compactMap { change -> PointerChange? in
            let old = change.old.compactMap { pointers[$0] }
            let new = change.new.flatMap { pointers[$0] }
            guard !old.isEmpty || new != nil else { return nil }
            return PointerChange(commit: change.commit, path: change.path, old: old, new: new)
        }
        return (PointerHistory(changes), isWhole: log.commitCount < commitLimit)
    }
}
