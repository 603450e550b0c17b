extension SecretFinder {
    /// Finds values that are given a name which says that they are secret: `PASSWORD=…`, `"api_key": "…"`,
    /// `--token …`, `AccountKey=…;`.
    mutating func findAssignments() {
        var index = 0
        while index < bytes.count {
            guard isNameByte(bytes[index]) else {
                index += 1
                continue
            }
            let end = bytes[index...].firstIndex { !isNameByte($0) } ?? bytes.count
            if let value = secretValue(ofNameAt: index..<end) {
                note(value)
                index = value.upperBound
            } else {
                index = end
            }
        }
    }

    private func secretValue(ofNameAt name: Range<Int>) -> Range<Int>? {
        guard let (start, isProse) = valueStart(after: name), let kind = kind(ofNameAt: name) else { return nil }
        let isQuoted = start > 0 && isQuote(bytes[start - 1])
        let isEnd = { (byte: UInt8) in isQuoted ? self.isQuote(byte) : self.isEnd(byte) }
        let value = bytes[start...].prefix(SecretValue.byteLimit).prefix { !isEnd($0) }
        // A sentence in quotes is none.
        if isQuoted, value.contains(UInt8(ascii: " ")) { return nil }
        // What is shown need not look like a secret, if its name says so.
        let isHidden =
            purpose == .showing && (kind == .password || kind == .key) && !isProse && value.count >= 4
            && !SecretValue.isPlaceholder(value)
        guard isHidden || SecretValue.isSecret(value, kind, isProse: isProse) else { return nil }
        return start..<(bytes[value.endIndex...].firstIndex(where: isEnd) ?? bytes.count)
    }

    /// A `"key"` is that of a service where a `"username"` stands with it, as in `kaggle.json`.
    private func kind(ofNameAt name: Range<Int>) -> SecretName.Kind? {
        if let kind = SecretName.kind(of: bytes[name]) { return kind }
        return hasUsername && bytes[name].elementsEqual("key".utf8) ? .token : nil
    }

    /// Where the value of a name begins, if it is given one there.
    ///
    /// - Returns: also whether it may be a sentence: after a colon, or a space.
    private func valueStart(after name: Range<Int>) -> (start: Int, isProse: Bool)? {
        var index = name.upperBound
        let isQuotedName = index < bytes.count && isQuote(bytes[index])
        if isQuotedName { index += 1 }
        let gap = skippingSpaces(from: index)
        guard gap < bytes.count else { return nil }
        var isProse = false
        switch bytes[gap] {
        case UInt8(ascii: "="): index = gap + 1
        case UInt8(ascii: ":"):
            // Not a URL's.
            guard !has("://", at: gap) else { return nil }
            index = gap + 1
            isProse = !isQuotedName
        default:
            // An option and its value.
            guard gap > index, has("--", at: name.lowerBound) else { return nil }
            index = gap
        }
        if index < bytes.count, "=>".utf8.contains(bytes[index]) { index += 1 }
        index = skippingSpaces(from: index)
        if index < bytes.count, isQuote(bytes[index]) {
            index += 1
            isProse = false
        }
        return index < bytes.count ? (index, isProse) : nil
    }

    private func skippingSpaces(from index: Int) -> Int {
        var index = index
        let limit = min(bytes.count, index + 4)
        while index < limit, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") { index += 1 }
        return index
    }

    private func isNameByte(_ byte: UInt8) -> Bool { TokenShape.Alphabet.dotted.contains(byte) }
    private func isQuote(_ byte: UInt8) -> Bool { "\"'`".utf8.contains(byte) }
    private func isEnd(_ byte: UInt8) -> Bool { byte <= 0x20 || "\"'`;,&)}]<>|\\".utf8.contains(byte) }
}
