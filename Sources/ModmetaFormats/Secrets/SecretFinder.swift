/// Finds credentials in a text: in URLs, in assignments, by the shapes of services' tokens.
///
/// The time is linear in the length of the text, whatever it holds: nothing is matched by trying again.
package struct SecretFinder {
    /// What is looked for.
    package enum Purpose: Sendable {
        /// Text that would be kept for ever: what looks like a secret. Harmless values should pass.
        case keeping
        /// Text that is shown: everything in a place where credentials are, whether it looks like one or not.
        case showing
    }

    /// How many bytes of a token are looked at before all of it is.
    private static let sampleSize = 128

    let bytes: [UInt8]
    let purpose: Purpose
    /// Where the URL that was looked at last ends, its last `@`, and its first `?` that was found.
    var url = (end: 0, at: -1, question: -1)
    /// Whether the text has a member `"username"`.
    let hasUsername: Bool
    private var found: [Range<Int>] = []

    private init(_ text: String, _ purpose: Purpose) {
        (bytes, self.purpose) = (Array(text.utf8), purpose)
        hasUsername = bytes.firstRange(of: Array("\"username\"".utf8)) != nil
    }

    /// The places of credentials, in order and without overlaps, in bytes of the text's UTF-8.
    package static func find(in text: String, for purpose: Purpose) -> [Range<Int>] {
        var finder = SecretFinder(text, purpose)
        finder.findShapes()
        finder.findAssignments()
        finder.findCommands()
        return merged(finder.found)
    }

    mutating func note(_ range: Range<Int>) { found.append(range) }

    /// Everything that is told by itself, wherever it stands.
    private mutating func findShapes() {
        var index = 0
        while index < bytes.count {
            var range: Range<Int>?
            switch bytes[index] {
            case UInt8(ascii: ":") where has("://", at: index): findInURL(colon: index)
            case UInt8(ascii: "-") where has("-----BEGIN ", at: index): range = privateKey(at: index)
            case UInt8(ascii: "Q") where has("Q~", at: index): range = clientSecret(at: index)
            default: if isWordStart(index) { range = token(at: index) ?? scheme(at: index) }
            }
            if let range { note(range) }
            index = range?.upperBound ?? index + 1
        }
    }

    /// A token of a service that begins at a place.
    private func token(at start: Int) -> Range<Int>? {
        for shape in TokenShape.byFirstByte[bytes[start]] ?? [] where bytes[start...].starts(with: shape.prefix) {
            // "risk-" is no "sk-", and neither is "task_sk-".
            if shape.prefix.count == 3, start > 0, isWordByte(bytes[start - 1]) { continue }
            let place = start + shape.prefix.count
            let body = bytes[place...].prefix(SecretFinder.sampleSize).prefix(while: shape.alphabet.contains)
            guard body.count >= shape.length, SecretValue.entropy(body) >= 1.5,
                !shape.needsDigit || SecretValue.hasLettersAndDigits(body)
            else { continue }
            if shape.isExact, body.count > shape.length || body.contains(where: isLower) { continue }
            let end = end(of: shape.alphabet, from: body.endIndex)
            // The full stop of a sentence.
            return start..<(bytes[end - 1] == UInt8(ascii: ".") ? end - 1 : end)
        }
        return webToken(at: start) ?? botToken(at: start)
    }

    /// A JSON Web Token: three parts in base64, the first two JSON objects.
    private func webToken(at start: Int) -> Range<Int>? {
        guard has("ey", at: start), start == 0 || !isWordByte(bytes[start - 1]) else { return nil }
        let first = end(of: .word, from: start)
        guard first - start >= 17, has(".ey", at: first) else { return nil }
        let second = end(of: .word, from: first + 1)
        guard second - first >= 12, second < bytes.count, bytes[second] == UInt8(ascii: ".") else { return nil }
        return start..<end(of: .word, from: second + 1)
    }

    /// A token of a Telegram bot: its number, a colon, 35 characters.
    private func botToken(at start: Int) -> Range<Int>? {
        let number = bytes[start...].prefix(11).prefix { (0x30...0x39).contains($0) }.count
        guard (8...10).contains(number), has(":AA", at: start + number) else { return nil }
        let end = end(of: .word, from: start + number + 1)
        return end - start - number > 30 ? start..<end : nil
    }

    /// What follows `Bearer` or `Basic`, as an `Authorization` field has them.
    private func scheme(at start: Int) -> Range<Int>? {
        for (word, isBasic) in [("bearer ", false), ("basic ", true)] where hasAnyCase(word, at: start) {
            let place = start + word.utf8.count
            var end = place
            while end < bytes.count, TokenShape.Alphabet.dotted.contains(bytes[end]) || "+/=~".utf8.contains(bytes[end])
            {
                end += 1
            }
            let value = bytes[place..<end]
            let isSecret =
                isBasic
                ? value.count >= 8 && SecretFinder.isPair(value)
                : value.count >= 12 && SecretValue.hasLettersAndDigits(value.prefix(SecretValue.byteLimit))
            if isSecret { return place..<end }
        }
        return nil
    }

    private func privateKey(at start: Int) -> Range<Int>? {
        guard let mark = (start + 11..<start + 60).first(where: { has("PRIVATE KEY", at: $0) }) else { return nil }
        // The end may be missing where the text was cut.
        var end = mark + "PRIVATE KEY".utf8.count
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), !has("-----END ", at: end) { end += 1 }
        return start..<end
    }

    /// A client secret of Microsoft Entra ID: `Q~` after three characters and a digit, and 31 or more after it.
    private func clientSecret(at mark: Int) -> Range<Int>? {
        guard mark >= 4, (0x30...0x39).contains(bytes[mark - 1]) else { return nil }
        let end = bytes[(mark + 2)...].prefix(40).firstIndex {
            $0 != UInt8(ascii: "~") && !TokenShape.Alphabet.dotted.contains($0)
        }
        let last = end ?? min(bytes.count, mark + 42)
        return last - mark >= 33 ? mark - 4..<last : nil
    }

    /// Whether a value is Base64 of `user:password`.
    private static func isPair(_ value: ArraySlice<UInt8>) -> Bool {
        var decoded: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in value.prefix(SecretValue.byteLimit) {
            let digit: Int
            switch byte {
            case 0x41...0x5a: digit = Int(byte) - 0x41
            case 0x61...0x7a: digit = Int(byte) - 0x61 + 26
            case 0x30...0x39: digit = Int(byte) - 0x30 + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "="): continue
            default: return false
            }
            bits = (bits << 6 | digit) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                decoded.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return decoded.contains(UInt8(ascii: ":")) && decoded.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { result, range in
            guard let last = result.last, range.lowerBound < last.upperBound else { return result.append(range) }
            result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        }
    }
}

// Reading the bytes.
extension SecretFinder {
    func has(_ text: String, at index: Int) -> Bool {
        index + text.utf8.count <= bytes.count && bytes[index...].starts(with: text.utf8)
    }

    /// - Parameter text: small letters and signs.
    func hasAnyCase(_ text: String, at index: Int) -> Bool {
        index + text.utf8.count <= bytes.count && zip(bytes[index...], text.utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    func end(of alphabet: TokenShape.Alphabet, from start: Int) -> Int {
        bytes[start...].firstIndex { !alphabet.contains($0) } ?? bytes.count
    }

    /// Whether a word begins at a place; `_` and `-` may stand before it.
    private func isWordStart(_ index: Int) -> Bool {
        TokenShape.Alphabet.alphanumeric.contains(bytes[index])
            && (index == 0 || !TokenShape.Alphabet.alphanumeric.contains(bytes[index - 1]))
    }

    private func isWordByte(_ byte: UInt8) -> Bool { TokenShape.Alphabet.word.contains(byte) }
    private func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
}
