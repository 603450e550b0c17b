extension SecretFinder {
    /// Finds what is secret in a URL: what stands before its host, and what its query holds.
    ///
    /// - Parameter colon: the place of its `://`.
    mutating func findInURL(colon: Int) {
        let start = colon + 3
        lookAhead(from: start)
        let authority = start..<(bytes[start...].firstIndex { isURLEnd($0) || "/?#".utf8.contains($0) } ?? bytes.count)
        if let at = lastAt(in: authority) ?? lastAt(behind: authority) {
            let user = bytes[start..<at]
            let scheme = schemeName(before: colon)
            if purpose == .showing ? mayBeSecret(user, scheme) : isSecret(user, scheme) { note(start..<at) }
        }
        guard purpose == .showing, ["http", "https"].contains(schemeName(before: colon)) else { return }
        // Signatures, tokens and keys have many names there.
        if url.question < authority.upperBound {
            url.question = bytes[authority.upperBound..<url.end].firstIndex(of: UInt8(ascii: "?")) ?? url.end
        }
        if url.question + 1 < url.end { note(url.question + 1..<url.end) }
    }

    /// Finds out where the URL ends, if that is not known of an earlier one without white space between them.
    private mutating func lookAhead(from start: Int) {
        guard start >= url.end else { return }
        let end = bytes[start...].firstIndex(where: isURLEnd) ?? bytes.count
        url = (end, lastAt(in: start..<end) ?? -1, -1)
    }

    private func lastAt(in range: Range<Int>) -> Int? { bytes[range].lastIndex(of: UInt8(ascii: "@")) }

    /// The end of a password that holds a slash, though it must not.
    ///
    /// It is told from a port, which has digits only: `user:pass/word@host`.
    private func lastAt(behind authority: Range<Int>) -> Int? {
        guard purpose == .showing, let colon = bytes[authority].firstIndex(of: UInt8(ascii: ":")),
            bytes[authority].first != UInt8(ascii: "["), colon + 1 < authority.upperBound,
            !bytes[colon + 1..<authority.upperBound].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return url.at > authority.upperBound ? url.at : nil
    }

    /// Whether a user, or user and password, may be secret; the name one logs in with by ssh is none.
    private func mayBeSecret(_ user: ArraySlice<UInt8>, _ scheme: String) -> Bool {
        guard !user.isEmpty, !user.allSatisfy({ $0 == UInt8(ascii: "*") }) else { return false }
        return user.contains(UInt8(ascii: ":")) || !["ssh", "git+ssh", "ssh+git", "sftp", "git"].contains(scheme)
    }

    /// Whether a user has a password, or looks like a token.
    private func isSecret(_ user: ArraySlice<UInt8>, _ scheme: String) -> Bool {
        if let colon = user.firstIndex(of: UInt8(ascii: ":")), colon + 1 < user.endIndex {
            return !"$<{%[".utf8.contains(user[colon + 1])
                && !user[(colon + 1)...].allSatisfy { $0 == UInt8(ascii: "*") }
        }
        let name = user.prefix { $0 != UInt8(ascii: ":") }
        guard name.count >= 16, !name.starts(with: "$".utf8), !SecretValue.isPlaceholder(name),
            name.firstRange(of: Array("%40".utf8)) == nil
        else { return false }
        let hasDigit = name.contains { (0x30...0x39).contains($0) }
        let isOneWord = name.allSatisfy { TokenShape.Alphabet.alphanumeric.contains($0) }
        return (hasDigit || isOneWord && name.count >= 20)
            && SecretValue.entropy(name.prefix(SecretValue.byteLimit)) >= 2.5
    }

    /// The name before `://`, in small letters; of `modmeta::https` only the last part.
    private func schemeName(before colon: Int) -> String {
        let start = bytes[max(0, colon - 16)..<colon].lastIndex { byte in
            !TokenShape.Alphabet.dotted.contains(byte) && byte != UInt8(ascii: "+")
        }
        return String(decoding: bytes[(start.map { $0 + 1 } ?? max(0, colon - 16))..<colon], as: UTF8.self).lowercased()
    }

    private func isURLEnd(_ byte: UInt8) -> Bool { byte <= 0x20 || "\"'`<>\\".utf8.contains(byte) }
}
