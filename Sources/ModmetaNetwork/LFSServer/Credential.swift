/// A name and a password, or a token in its place; it describes itself without either.
public struct Credential: Hashable, Sendable {
    /// The user's name.
    public var username: String
    /// The password or token.
    public var password: String
    /// What else whoever gave the credential wants back with it, one `key=value` each.
    public var attributes: [String]

    /// Creates a credential.
    public init(username: String, password: String, attributes: [String] = []) {
        self.username = username
        self.password = password
        self.attributes = attributes
    }

    /// Reads what stands before the `@` of a URL, percent-encoded.
    init?(userInfo: some StringProtocol) {
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.init(
            username: Credential.decoded(name), password: parts.count > 1 ? Credential.decoded(parts[1]) : "")
    }

    /// The value of an `Authorization` field; see RFC 7617.
    public var authorization: String { "Basic " + Base64.encode(Array("\(username):\(password)".utf8)) }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is one, and nothing of it.
    public var description: String { "a credential" }
    /// Says that there is one, and nothing of it.
    public var debugDescription: String { description }
    /// Shows no parts.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where credentials come from, and where they are remembered.
///
/// Obligations: nothing of a credential is written to a log, a message, or a program's arguments; `fill` may ask a person,
/// and is called by one task at a time.
public protocol CredentialSource: Sendable {
    /// The credential for a server, or nil where there is none and nobody to ask.
    ///
    /// - Parameter challenges: the `WWW-Authenticate` and `LFS-Authenticate` fields of the refusal.
    func fill(for server: LFSServerURL, challenges: [String]) async throws -> Credential?

    /// Notes that the server took a credential.
    func approve(_ credential: Credential, for server: LFSServerURL) async

    /// Notes that the server refused a credential.
    func reject(_ credential: Credential, for server: LFSServerURL) async
}

/// A source that has no credentials.
public struct NoCredentials: CredentialSource {
    /// Creates the source.
    public init() {}
    /// None.
    public func fill(for server: LFSServerURL, challenges: [String]) async throws -> Credential? { nil }
    /// Nothing is noted.
    public func approve(_ credential: Credential, for server: LFSServerURL) async {}
    /// Nothing is noted.
    public func reject(_ credential: Credential, for server: LFSServerURL) async {}
}
