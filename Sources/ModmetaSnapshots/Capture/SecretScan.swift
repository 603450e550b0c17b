/// Finds text that looks like a secret in what would be kept for ever.
enum SecretScan {
    /// How the tokens of well-known services start, and how many letters, digits, `-` and `_` follow at least.
    private static let prefixes: [(start: String, length: Int)] = [
        ("hf_", 30), ("sk-", 20), ("ghp_", 30), ("gho_", 30), ("ghs_", 30), ("ghu_", 30), ("github_pat_", 30),
        ("glpat-", 16), ("AKIA", 16), ("ASIA", 16), ("AIza", 30), ("xoxb-", 20), ("xoxp-", 20), ("eyJhbGciOi", 20),
    ]
    /// Keys whose values are secrets; not `token` itself, which tokenizers are full of.
    private static let keys = [
        "api_key", "apikey", "password", "passwd", "secret", "access_token", "auth_token", "hf_token", "hub_token",
        "secret_key", "access_key", "private_key", "api_token",
    ]

    /// Refuses a value that holds what looks like a secret.
    ///
    /// - Parameter path: what the value is, for the error, which does not repeat the secret.
    /// - Throws: `SnapshotError` with `secret`.
    static func check(_ value: DocumentValue, _ path: String) throws(SnapshotError) {
        switch value {
        case .string(let text) where looksLikeToken(text): throw refusal(path)
        case .array(let elements):
            for (index, element) in elements.enumerated() { try check(element, "\(path)[\(index)]") }
        case .object(let members):
            for member in members {
                guard !looksLikeToken(member.key) else { throw refusal("a key of \(path)") }
                let place = "\(path): \(member.key)"
                if let text = member.value.text, isSecretKey(member.key), isFilledIn(text) { throw refusal(place) }
                try check(member.value, place)
            }
        default: break
        }
    }

    private static func refusal(_ place: String) -> SnapshotError {
        SnapshotError(
            .secret,
            "\(place) looks like a secret, and a snapshot is kept for ever; take it out and read it from the environment"
        )
    }

    private static func isSecretKey(_ key: String) -> Bool {
        let key = String(key.lowercased().map { $0 == "-" ? "_" : $0 })
        return keys.contains { key == $0 || key.hasSuffix("_\($0)") }
    }

    /// Not a placeholder such as `<HUB_TOKEN>` or `${TOKEN}`.
    private static func isFilledIn(_ text: String) -> Bool {
        text.utf8.count >= 8 && !text.hasPrefix("<") && !text.hasPrefix("$")
    }

    static func looksLikeToken(_ text: String) -> Bool {
        if text.contains("-----BEGIN "), text.contains("PRIVATE KEY-----") { return true }
        if hasPassword(text) { return true }
        // A token starts where a word starts: "risk-" is not "sk-".
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        return words.contains { word in
            prefixes.contains { word.hasPrefix($0.start) && word.utf8.count >= $0.start.utf8.count + $0.length }
        }
    }

    /// Whether a URL in the text has a user and a password in front of its host.
    private static func hasPassword(_ text: String) -> Bool {
        var rest = text.utf8[...]
        let mark = Array("://".utf8)
        while let colon = rest.firstIndex(of: mark[0]) {
            rest = rest[colon...]
            if rest.starts(with: mark) {
                let authority = rest.dropFirst(3).prefix { !"/ \n\t\"'".utf8.contains($0) }
                if let at = authority.lastIndex(of: UInt8(ascii: "@")),
                    let separator = authority[..<at].firstIndex(of: UInt8(ascii: ":")),
                    authority[separator..<at].count > 1,
                    authority[authority.index(after: separator)] != UInt8(ascii: "$")
                {
                    return true
                }
            }
            rest = rest.dropFirst()
        }
        return false
    }
}
