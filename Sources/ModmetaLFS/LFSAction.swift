public import ModmetaFormats

/// A header field that a request carries because a server said so.
public struct LFSHeaderField: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Creates a field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether name and value can stand in a request without breaking out of their line; see RFC 9110, section 5.
    public var isWellFormed: Bool {
        let isToken: (UInt8) -> Bool = { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        return !name.isEmpty && name.utf8.allSatisfy(isToken)
            && value.utf8.allSatisfy { $0 == 9 || ($0 >= 0x20 && $0 != 0x7f) }
    }
}

/// A request that a server lets a client make, for an object, or for an endpoint where `git-lfs-authenticate` grants it.
public struct LFSAction: Hashable, Sendable {
    /// The most header fields.
    public static let fieldLimit = 64
    /// The most bytes of a URL.
    public static let urlLimit = 64 << 10
    /// The most bytes of an action that is parsed alone.
    public static let byteLimit = 64 << 10
    /// No lifetime is longer, in seconds.
    private static let longestLifetime: Int64 = 1 << 31

    /// The URL; empty where an endpoint is granted that the client knows.
    public var href: String
    /// The fields to send.
    public var header: [LFSHeaderField]
    /// How long it lasts in seconds; 0 if the server sets no end.
    public var expiresIn: Int64?
    /// When it ends.
    public var expiresAt: Timestamp?

    /// Creates an action.
    public init(
        href: String, header: [LFSHeaderField] = [], expiresIn: Int64? = nil, expiresAt: Timestamp? = nil
    ) {
        self.href = href
        self.header = header
        self.expiresIn = expiresIn
        self.expiresAt = expiresAt
    }

    /// How many seconds it lasts, -1 if it has ended, or nil if it has no end.
    ///
    /// - Parameter clock: the server's time in seconds since 1970.
    public func lifetime(at clock: Int64) -> Int64? {
        if let expiresIn, expiresIn != 0 { return min(max(expiresIn, -1), LFSAction.longestLifetime) }
        // Some servers write the year 1 for what does not end.
        guard let end = expiresAt?.seconds, end > 0 else { return nil }
        return end > clock ? min(end - clock, LFSAction.longestLifetime) : -1
    }
}
