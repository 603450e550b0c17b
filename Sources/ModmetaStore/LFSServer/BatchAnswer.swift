internal import ModmetaFormats

/// The answer to a Batch request; see docs/formats/lfs-server.md.
struct BatchAnswer: Sendable {
    /// The most bytes of an answer.
    static let byteLimit = 8 << 20
    /// The most objects of an answer, more than were asked for being ignored.
    static let objectLimit = 1000
    /// The most header fields of one action.
    static let fieldLimit = 64
    /// The most bytes of a URL.
    static let urlLimit = 64 << 10

    /// One object of the answer.
    struct Object: Sendable {
        var oid = ""
        var size: UInt64?
        var isAuthenticated = false
        var actions: [ByteString: LFSAction] = [:]
        var failure: Failure?
    }

    /// Why the server does not serve one object.
    struct Failure: Hashable, Sendable {
        var code: Int
        var message: String
    }

    /// The name of the transfer adapter the server chose; `basic` where it says nothing.
    var transfer: String?
    /// The hash that names objects; `sha256` where it says nothing.
    var hashAlgorithm: String?
    var objects: [Object] = []
}

/// A request that the server lets a client make for one object.
struct LFSAction: Sendable {
    var href: String
    var fields: [HTTPField] = []
    /// When the server stops honouring it, or nil.
    var expiry: ContinuousClock.Instant?

    /// Whether it still holds long enough to begin a request.
    var isFresh: Bool { expiry.map { $0 > .now + .seconds(5) } ?? true }
}
