public import ModmetaSystem

/// A store could not do what it was asked.
public struct StoreError: ModmetaError, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case missing, corrupt, denied, full, unavailable, unsupported, invalidURL, noStore, system
        }
        private let value: Value

        /// The store has no such object.
        public static let missing = Code(value: .missing)
        /// An object is not what its name or its record says.
        public static let corrupt = Code(value: .corrupt)
        /// The store refuses access.
        public static let denied = Code(value: .denied)
        /// The store has no room.
        public static let full = Code(value: .full)
        /// The store cannot be reached now.
        public static let unavailable = Code(value: .unavailable)
        /// The store's format, or what was asked of it, is not known to this program.
        public static let unsupported = Code(value: .unsupported)
        /// The URL names no kind of store.
        public static let invalidURL = Code(value: .invalidURL)
        /// There is no store at that place.
        public static let noStore = Code(value: .noStore)
        /// A system call failed in another way.
        public static let system = Code(value: .system)
    }

    /// What kind of failure it is.
    public var code: Code
    /// What failed, where, and what to do, in one sentence without a final full stop.
    public var message: String
    /// The error that led to this one, if there was one.
    public var cause: (any Error)?
    /// How long the store asked to be left alone; nil where it did not say.
    public var retryAfter: Duration?
    /// Whether the call was made again as often as it may be; a layer above that makes attempts of its own must not.
    public var isTriedOut = false

    /// Creates an error.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Whether the same call may succeed when it is made again.
    public var isTransient: Bool { code == .unavailable }

    /// Whether the same call should be made again: it may succeed, and nobody has tried that already.
    public var isWorthAnotherTry: Bool { isTransient && !isTriedOut }
}

extension StoreError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .missing, .noStore: .missing
        case .corrupt: .corrupt
        case .unavailable: .transient
        case .denied, .full, .system: .environment
        default: .input
        }
    }
}
