public import ModmetaSystem

/// A snapshot or its input cannot be read, made or trusted.
public struct SnapshotError: ModmetaError, Sendable {
    /// The kind of failure.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case file, syntax, document, name, secret, changed, ambiguous, missing
        }
        private let value: Value

        /// A local file or directory cannot be used.
        public static let file = Code(value: .file)
        /// A YAML or JSON text breaks the rules of its language, or a limit.
        public static let syntax = Code(value: .syntax)
        /// A document does not follow its format.
        public static let document = Code(value: .document)
        /// A name is not valid or already in use.
        public static let name = Code(value: .name)
        /// Text to be kept permanently contains what looks like a secret.
        public static let secret = Code(value: .secret)
        /// A file changed while it was read.
        public static let changed = Code(value: .changed)
        /// A name or ID matches several things.
        public static let ambiguous = Code(value: .ambiguous)
        /// The requested thing does not exist.
        public static let missing = Code(value: .missing)
    }

    /// The kind of failure.
    public var code: Code
    /// What failed, where, and what to do: one sentence without a final full stop.
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
