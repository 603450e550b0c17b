/// The part of a URL that says whom one talks to: scheme, host and port.
struct HTTPOrigin: Hashable, Sendable {
    /// `http` or `https`.
    let scheme: String
    /// The host in lower case, an IPv6 address in brackets.
    let host: String
    /// The port, that of the scheme where the URL names none.
    let port: UInt16

    /// Reads the origin of an absolute URL.
    ///
    /// - Returns: nil for another scheme, a URL with credentials, or one that is no URL.
    init?(of url: String) {
        guard let separator = url.firstRange(of: "://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        let authority = url[separator.upperBound...].prefix { !"/?#\\".contains($0) }
        guard scheme == "http" || scheme == "https", !authority.contains("@") else { return nil }
        self.init(scheme: scheme, authority: authority)
    }

    /// Reads `host` or `host:port`.
    init?(scheme: String, authority: some StringProtocol) {
        var host = authority.lowercased()
        var port: UInt16 = scheme == "https" ? 443 : 80
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            let digits = host[host.index(after: colon)...]
            if !digits.isEmpty {
                guard let number = UInt16(digits), number > 0, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                else { return nil }
                port = number
            }
            host = String(host[..<colon])
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        let allowed: (UInt8) -> Bool = { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): isAddress
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.allSatisfy(allowed) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Whether the host is this machine, so that nobody on the way can listen.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
