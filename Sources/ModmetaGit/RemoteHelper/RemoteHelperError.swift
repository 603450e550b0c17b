internal import ModmetaSystem

/// The remote helper cannot go on.
struct RemoteHelperError: ModmetaError, Sendable {
    /// What kind of failure it is.
    enum Code: Sendable {
        /// Git sent something the protocol does not allow.
        case badRequest
        /// The store is not a repository this program can use.
        case badStore
        /// The repository at hand does not fit the store.
        case mismatch
        /// Moving objects failed.
        case transfer
        /// A system call failed.
        case system
        /// The reader of our replies is gone.
        case closed
    }

    /// What kind of failure it is.
    var code: Code
    /// What failed, where, and what to do, in one sentence without a final full stop.
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension RemoteHelperError {
    /// What is at fault.
    var kind: ErrorKind {
        switch code {
        case .badRequest: .usage
        case .badStore: .corrupt
        case .mismatch: .input
        case .transfer, .system, .closed: .environment
        }
    }
}
