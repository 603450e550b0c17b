public import ModmetaSystem

/// A transfer could not be carried out.
public struct TransferError: ModmetaError, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable { case missing, corrupt, changed, local }
        private let value: Value

        /// The store does not have what was asked for.
        public static let missing = Code(value: .missing)
        /// What the store gave is not what its names say.
        public static let corrupt = Code(value: .corrupt)
        /// A local file is not, or no longer, what its name says.
        public static let changed = Code(value: .changed)
        /// A local file or directory cannot be used.
        public static let local = Code(value: .local)
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

extension TransferError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .missing: .missing
        case .corrupt: .corrupt
        default: .input
        }
    }
}
