public import ModmetaSystem

/// A snapshot, or what it is made of, cannot be read, made or trusted.
public struct SnapshotError: ModmetaError, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case file, syntax, document, name, secret, changed, ambiguous, missing
        }
        private let value: Value

        /// A local file or directory cannot be used.
        public static let file = Code(value: .file)
        /// A YAML or JSON text breaks the rules of its language, or a limit.
        public static let syntax = Code(value: .syntax)
        /// A document is not what its format says.
        public static let document = Code(value: .document)
        /// A name cannot be given, or is taken.
        public static let name = Code(value: .name)
        /// Text that would be kept for ever holds what looks like a secret.
        public static let secret = Code(value: .secret)
        /// A file changed while it was read.
        public static let changed = Code(value: .changed)
        /// What is asked for could be several things.
        public static let ambiguous = Code(value: .ambiguous)
        /// What is asked for is not there.
        public static let missing = Code(value: .missing)
    }

    /// What kind of failure it is.
    public var code: Code
    /// What failed, where, and what to do, in one sentence without a final full stop.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension SnapshotError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .missing: .missing
        default: .input
        }
    }
}
