/// Why something cannot be done with a repository, its snapshots or a store.
public struct RepositoryError: Error, Hashable, Sendable {
    /// What is at fault.
    public enum Kind: Hashable, Sendable {
        /// The work was done and found something wrong, such as content that is not a snapshot's.
        case finding
        /// A file, an object or an argument is at fault.
        case input
        /// git, git-lfs, the disk or the configuration is at fault.
        case environment
    }

    /// What is at fault.
    public var kind: Kind
    /// One sentence without a final full stop: what failed, where, and why.
    public var message: String
    /// What to do next, one sentence each.
    public var hints: [String]

    /// Creates an error.
    public init(kind: Kind, message: String, hints: [String] = []) {
        self.kind = kind
        self.message = message
        self.hints = hints
    }
}

extension RepositoryError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
