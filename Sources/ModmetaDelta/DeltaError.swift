public import ModmetaSystem

/// A payload or patch could not be made or applied.
public struct DeltaError: ModmetaError, Hashable, Sendable {
    /// The kind of failure.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case malformed, unsupportedVersion, limitExceeded, library, fileSystem
        }
        private let value: Value

        /// The bytes break a rule of the format, or do not fit the base.
        public static let malformed = Code(value: .malformed)
        /// The bytes declare a version or a code this program does not know.
        public static let unsupportedVersion = Code(value: .unsupportedVersion)
        /// The bytes declare, or the caller asked for, more than the limit.
        public static let limitExceeded = Code(value: .limitExceeded)
        /// A compression library failed.
        public static let library = Code(value: .library)
        /// The operating system refused to read or write a file.
        public static let fileSystem = Code(value: .fileSystem)
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong: one sentence without a final full stop.
    public var message: String
    /// The byte offset in the payload or patch.
    public var offset: Int

    /// Creates an error of a kind at a byte offset.
    public init(_ code: Code, _ message: String, offset: Int = 0) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}

extension DeltaError {
    /// The message followed by the byte offset.
    public var description: String { "\(message) (at byte \(offset))" }
}

extension DeltaError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .malformed: .corrupt
        case .library: .environment
        default: .input
        }
    }
}
