public import ModmetaStore

/// Where an LFS server is: its endpoint, the Git repository that belongs to it, and a user named in the URL.
///
/// As git-lfs has it, the endpoint of `X.git` is `X.git/info/lfs`, and that of any other URL is the URL with
/// `.git/info/lfs` after it. See the section "Server discovery" of git-lfs's docs/api.
public struct LFSServerURL: Hashable, Sendable {
    /// The URL requests begin with, without credentials: `https://host/org/repo.git/info/lfs`.
    public let endpoint: String
    /// The URL of the Git repository, without credentials: `https://host/org/repo.git`.
    public let repository: String
    /// The name and password in the URL, if it has any; never shown.
    let userInfo: Credential?
    /// Whom requests go to.
    let origin: HTTPOrigin

    /// Parses the URL of a repository or of its endpoint.
    ///
    /// - Throws: `StoreError.Code.invalidURL` where it is none, or where it is `http` to another machine.
    public init(_ url: String) throws(StoreError) {
        let shown = StoreURL(.server(url: url)).description
        guard let separator = url.firstRange(of: "://"), url.utf8.count <= StoreURL.byteLimit,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw StoreError(.invalidURL, "\(shown) is not a URL; give it as modmeta::https://host/path") }
        let scheme = url[..<separator.lowerBound].lowercased()
        let rest = url[separator.upperBound...]
        var authority = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        guard !rest.contains("?"), !rest.contains("#"), !rest.contains("\\"), !path.isEmpty else {
            throw StoreError(
                .invalidURL, "\(shown) names no repository on its host; give it as modmeta::https://host/path")
        }
        var userInfo: Credential?
        if let at = authority.lastIndex(of: "@") {
            userInfo = Credential(userInfo: authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        guard scheme == "https" || scheme == "http", let origin = HTTPOrigin(scheme: scheme, authority: authority)
        else {
            throw StoreError(.invalidURL, "\(shown) names no host; give it as modmeta::https://host/path")
        }
        guard scheme == "https" || origin.isLoopback else {
            throw StoreError(
                .invalidURL, "\(shown) would send weights and passwords unprotected; use https, or http to this machine"
            )
        }
        if path.hasSuffix("/info/lfs") {
            path.removeLast("/info/lfs".count)
        } else if !path.hasSuffix(".git") {
            path += ".git"
        }
        self.repository = "\(scheme)://\(authority.lowercased())\(path)"
        self.endpoint = "\(self.repository)/info/lfs"
        self.userInfo = userInfo
        self.origin = origin
    }

    /// The user's name in the URL, or nil.
    public var user: String? { userInfo?.username }

    /// The host and port as the URL has them.
    public var host: String {
        let authority = repository.dropFirst(origin.scheme.count + 3)
        return String(authority.prefix { $0 != "/" })
    }

    /// The repository's path without its first slash, as `git credential` wants it.
    public var repositoryPath: String {
        String(repository.dropFirst(origin.scheme.count + 3 + host.count + 1))
    }

    /// The name and password in the URL as an `Authorization` field's value, or nil where the URL has no password.
    public var authorization: String? { userInfo.flatMap { $0.password.isEmpty ? nil : $0.authorization } }

    /// Whether an action of an answer may be followed: never from `https` to `http`, and over `http` to this machine only.
    func allows(_ href: String) -> Bool {
        guard let target = HTTPOrigin(of: href) else { return false }
        return target.scheme == "https" || (origin.scheme == "http" && target.isLoopback)
    }
}
