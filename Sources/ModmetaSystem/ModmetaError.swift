/// An error of ours: of what kind it is, what to tell a person, and what it came from.
///
/// The kind alone decides the exit status of a verb and the code of an agent's reply.
public protocol ModmetaError: Error, CustomStringConvertible {
    /// What is at fault.
    var kind: ErrorKind { get }
    /// What failed, where, and what to do, in one sentence without a final full stop.
    var message: String { get }
    /// The error that led to this one, if there was one.
    var cause: (any Error)? { get }
    /// What to do next, one sentence each.
    var hints: [String] { get }
}

extension ModmetaError {
    /// No other error.
    public var cause: (any Error)? { nil }
    /// Nothing beyond the message.
    public var hints: [String] { [] }

    /// The message.
    public var description: String { message }
}

/// What is at fault where something failed.
public enum ErrorKind: Hashable, Sendable, CaseIterable {
    /// Nothing: the work was done, and found something wrong.
    case finding
    /// The way this program was called.
    case usage
    /// An argument, a file or what is in it.
    case input
    /// What surrounds this program: git, the configuration, permissions, credentials, the room on a disk.
    case environment
    /// Something is not there.
    case missing
    /// Bytes are not what their name or their format says.
    case corrupt
    /// Something cannot be reached or is in use; the same call may succeed later.
    case transient

    /// Classifies an error; those that are not ours come from the system and its libraries.
    public init(of error: any Error) { self = (error as? any ModmetaError)?.kind ?? .environment }
}
