/// The URL in a key such as `http.https://*.example.com/models.proxy`, matched as git-config(1) describes it.
struct URLPattern {
    /// How well a pattern fits; of two that do, the greater one is obeyed.
    struct Match: Comparable {
        var hostLength: Int
        var pathLength: Int
        var namesUser: Bool

        /// The match of a key without a URL.
        static let none = Match(hostLength: -1, pathLength: 0, namesUser: false)

        static func < (left: Match, right: Match) -> Bool {
            (left.hostLength, left.pathLength, left.namesUser ? 1 : 0)
                < (right.hostLength, right.pathLength, right.namesUser ? 1 : 0)
        }
    }

    private let address: HTTPAddress

    init?(_ text: some StringProtocol) {
        guard let address = HTTPAddress(String(text)) else { return nil }
        self.address = address
    }

    /// How well the pattern fits a URL; nil if it does not.
    func match(_ url: HTTPAddress) -> Match? {
        guard address.scheme == url.scheme, address.port == url.port, matchesHost(url.host),
            let pathLength = matchedPath(url.path)
        else { return nil }
        if let user = address.userInfo, user != url.userInfo?.prefix(while: { $0 != ":" }).description { return nil }
        return Match(hostLength: address.host.count, pathLength: pathLength, namesUser: address.userInfo != nil)
    }

    /// A `*` stands for one whole part between dots.
    private func matchesHost(_ host: String) -> Bool {
        let wanted = address.host.split(separator: ".", omittingEmptySubsequences: false)
        let found = host.split(separator: ".", omittingEmptySubsequences: false)
        return wanted.count == found.count && zip(wanted, found).allSatisfy { $0 == "*" || $0 == $1 }
    }

    /// The pattern's path must be the URL's, or lead to it between slashes.
    private func matchedPath(_ path: String) -> Int? {
        var prefix = address.path[...]
        while prefix.hasSuffix("/") { prefix.removeLast() }
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        return rest.isEmpty || rest.hasPrefix("/") ? prefix.count : nil
    }
}
