public import ModmetaSystem

/// Why something cannot be done with a repository, its snapshots or a store.
public struct RepositoryError: ModmetaError, Hashable, Sendable {
    /// What is at fault; `finding` if the work was done and found something wrong.
    public var kind: ErrorKind
    /// One sentence without a final full stop: what failed, where, and why.
    public var message: String
    /// What to do next, one sentence each.
    public var hints: [String]

    /// Creates an error.
    public init(kind: ErrorKind, message: String, hints: [String] = []) {
        self.kind = kind
        self.message = message
        self.hints = hints
    }
}
