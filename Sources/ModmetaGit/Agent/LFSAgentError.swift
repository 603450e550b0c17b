public import ModmetaSystem

/// Why the agent cannot do what git-lfs asks, or cannot find out where to.
public struct LFSAgentError: ModmetaError, Hashable, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case malformedMessage, unknownEvent, unexpectedMessage, notARepository, noEndpoint, untrustedEndpoint
            case malformedConfiguration, inputOutput
        }
        private let value: Value

        /// A line of git-lfs is not a message, or one of its fields breaks the protocol.
        public static let malformedMessage = Code(value: .malformedMessage)
        /// A line of git-lfs names an event this program does not know.
        public static let unknownEvent = Code(value: .unknownEvent)
        /// A message came at a time the protocol does not allow it.
        public static let unexpectedMessage = Code(value: .unexpectedMessage)
        /// The place is not in a Git repository, or Git does not describe it as expected.
        public static let notARepository = Code(value: .notARepository)
        /// No configuration names a store for the remote.
        public static let noEndpoint = Code(value: .noEndpoint)
        /// A committed file names a store that only the user may choose.
        public static let untrustedEndpoint = Code(value: .untrustedEndpoint)
        /// Git cannot read a configuration file.
        public static let malformedConfiguration = Code(value: .malformedConfiguration)
        /// A system call failed.
        public static let inputOutput = Code(value: .inputOutput)
    }

    /// What kind of failure it is.
    public var code: Code
    /// One sentence without a final full stop: what, where, and what to do.
    public var message: String
    /// The object the offending message was about, as it was spelled there.
    public var object: String?

    /// Creates an error.
    public init(_ code: Code, _ message: String, object: String? = nil) {
        self.code = code
        self.message = message
        self.object = object
    }
}

extension LFSAgentError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .malformedMessage, .unknownEvent, .unexpectedMessage: .usage
        case .notARepository: .input
        default: .environment
        }
    }
}
