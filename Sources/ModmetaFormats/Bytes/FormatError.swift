public import ModmetaSystem

/// A violation of a byte format, with its byte offset.
public struct FormatError: ModmetaError, Hashable, Sendable {
    /// The kind of violation.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable { case malformed, truncated, unsupportedVersion, limitExceeded }
        private let value: Value

        /// The bytes break a rule of the format.
        public static let malformed = Code(value: .malformed)
        /// The bytes end before the format does.
        public static let truncated = Code(value: .truncated)
        /// The bytes declare a version this program does not know.
        public static let unsupportedVersion = Code(value: .unsupportedVersion)
        /// The bytes declare something larger than this program accepts.
        public static let limitExceeded = Code(value: .limitExceeded)
    }

    /// The kind of violation.
    public var code: Code
    /// What is wrong: one sentence without a final full stop.
    public var message: String
    /// The byte offset from the start of the file or object.
    public var offset: UInt64

    /// Creates an error of a kind at a byte offset.
    public init(_ code: Code, _ message: String, offset: UInt64) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}

extension FormatError {
    /// The message followed by the byte offset.
    public var description: String { "\(message) (at byte \(offset))" }
}

extension FormatError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .malformed, .truncated: .corrupt
        default: .input
        }
    }
}
