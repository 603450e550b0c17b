internal import ModmetaStore

/// A remote's URL that git reaches by ssh, taken apart.
struct SSHRemote: Hashable, Sendable {
    /// The host, with the user before it where there is one.
    var destination: String
    /// The port, or nil.
    var port: String?
    /// The path as the URL has it.
    var path: String
    /// The URL as it is configured.
    var url: String

    /// Reads `ssh://user@host:port/path` and `user@host:path`; nil for any other URL.
    init?(_ url: String) {
        self.url = url
        let schemes = ["ssh://", "git+ssh://", "ssh+git://"]
        var host: Substring
        if let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) }) {
            let rest = url.dropFirst(scheme.count)
            host = rest.prefix { $0 != "/" }
            path = String(rest.dropFirst(host.count))
        } else {
            guard !url.contains("://"), !url.contains("::"), let colon = url.firstIndex(of: ":"),
                !url[..<colon].contains("/")
            else { return nil }
            host = url[..<colon]
            path = String(url[url.index(after: colon)...])
        }
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            let digits = host[host.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            port = String(digits)
            host = host[..<colon]
        }
        destination = String(host)
        // A host or user that begins with a dash would be an option of ssh.
        let parts = destination.split(separator: "@", omittingEmptySubsequences: false)
        guard !path.isEmpty, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") }),
            (destination + path).utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { return nil }
    }

    /// Whether it is the repository an LFS server belongs to, as far as the names say.
    func isRepository(of server: LFSServerURL) -> Bool {
        let host = destination.split(separator: "@").last.map { $0.lowercased() } ?? ""
        let serverHost = server.host.prefix { $0 != ":" }.lowercased()
        return host == serverHost && SSHRemote.bare(path) == SSHRemote.bare(server.repositoryPath)
    }

    private static func bare(_ path: String) -> Substring {
        var bare = path[...].drop { $0 == "/" }
        while bare.hasSuffix("/") { bare.removeLast() }
        return bare.hasSuffix(".git") ? bare.dropLast(4) : bare
    }
}
