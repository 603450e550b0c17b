/// What a person should know of work that goes on all the same.
public struct RepositoryNotice: Hashable, Sendable {
    /// How much it matters.
    public enum Kind: Hashable, Sendable {
        /// Nothing is wrong, but it may not be what was meant.
        case note
        /// Something was skipped, removed or left undone.
        case warning
        /// Something in a file; the message begins with the file, and its line if that is known.
        case diagnostic
    }

    /// Receives notices, from any task.
    public typealias Handler = @Sendable (RepositoryNotice) -> Void

    /// How much it matters.
    public var kind: Kind
    /// One sentence without a final full stop.
    public var message: String
    /// What can be done, one sentence each.
    public var hints: [String]

    /// Creates a notice.
    public init(_ kind: Kind, _ message: String, hints: [String] = []) {
        self.kind = kind
        self.message = message
        self.hints = hints
    }
}
