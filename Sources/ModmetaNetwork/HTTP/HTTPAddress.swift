/// The parts of an absolute http or https URL.
public struct HTTPAddress: Hashable, Sendable {
    /// The most bytes a URL may have.
    public static let byteLimit = 16 << 10

    /// `http` or `https`.
    public var scheme: String
    /// What stands before the `@`, percent-encoded; nil where there is none.
    public var userInfo: String?
    /// The host in lower case; an IPv6 address keeps its brackets.
    public var host: String
    /// The port; the scheme's own where the URL names none.
    public var port: Int
    /// Path and query, percent-encoded; begins with a slash.
    public var target: String

    /// Takes a URL apart; nil if it is not an absolute http or https URL, or holds white space or control characters.
    public init?(_ url: String) {
        guard url.utf8.count <= HTTPAddress.byteLimit, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
            let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://")
        else { return nil }
        scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[colon...].dropFirst("://".count)
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
        var place = authority[...]
        if let at = authority.lastIndex(of: "@") {
            userInfo = String(authority[..<at])
            place = authority[authority.index(after: at)...]
        }
        let name = place.hasPrefix("[") ? place.prefix { $0 != "]" } + "]" : place.prefix { $0 != ":" }
        guard !name.isEmpty, name.count <= place.count else { return nil }
        host = name.lowercased()
        let portText = place.dropFirst(name.count)
        if portText.isEmpty || portText == ":" {
            port = scheme == "https" ? 443 : 80
        } else {
            guard portText.hasPrefix(":"), let number = Int(portText.dropFirst()), (1...65_535).contains(number) else {
                return nil
            }
            port = number
        }
    }

    /// The path without the query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The host, and the port where it is not the scheme's own, as a `Host` field has them.
    public var authority: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// The whole URL without user and password.
    public var url: String { "\(scheme)://\(authority)\(target)" }

    /// Whether both are the same server: scheme, host and port.
    public func hasSameOrigin(as other: HTTPAddress) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }
}

extension HTTPAddress: CustomStringConvertible {
    /// The URL for people to read: without user, password and query, any of which may be secret.
    public var description: String { "\(scheme)://\(authority)\(path)" }
}
