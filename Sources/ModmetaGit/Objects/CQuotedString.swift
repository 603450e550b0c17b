/// Git's quoting of strings on a line: C escapes between double quotes, and only where they are needed.
///
/// Source: `quote_c_style` and `unquote_c_style`, as described for `core.quotePath` in git-config(1).
enum CQuotedString {
    /// The string as it is written on a line, quoted if it would otherwise be misread.
    static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.first == quote || text.utf8.contains { $0 < 0x20 || $0 == 0x7f || $0 == backslash }
        guard needsQuotes || text.utf8.contains(quote) else { return text }
        return alwaysQuoted(text)
    }

    /// The string between double quotes, whether that is needed or not.
    static func alwaysQuoted(_ text: String) -> String {
        var bytes: [UInt8] = [quote]
        for byte in text.utf8 {
            if let letter = escapes.first(where: { $0.value == byte })?.letter {
                bytes += [backslash, letter]
            } else if byte < 0x20 || byte == 0x7f {
                bytes += [backslash, zero + byte >> 6, zero + (byte >> 3 & 7), zero + (byte & 7)]
            } else {
                bytes.append(byte)
            }
        }
        bytes.append(quote)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The string a word on a line stands for, or nil if its quoting is broken.
    static func unquoted(_ word: some StringProtocol) -> String? {
        let bytes = Array(word.utf8)
        guard bytes.first == quote else { return String(word) }
        var result: [UInt8] = []
        var index = 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return index == bytes.count ? String(decoding: result, as: UTF8.self) : nil }
            guard byte == backslash else {
                result.append(byte)
                continue
            }
            guard index < bytes.count else { return nil }
            let letter = bytes[index]
            if let value = escapes.first(where: { $0.letter == letter })?.value {
                result.append(value)
                index += 1
            } else {
                guard index + 3 <= bytes.count, let value = octal(bytes[index..<index + 3]) else { return nil }
                result.append(value)
                index += 3
            }
        }
        return nil
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let zero = UInt8(ascii: "0")

    private static let escapes: [(letter: UInt8, value: UInt8)] = [
        (UInt8(ascii: "a"), 7), (UInt8(ascii: "b"), 8), (UInt8(ascii: "t"), 9), (UInt8(ascii: "n"), 10),
        (UInt8(ascii: "v"), 11), (UInt8(ascii: "f"), 12), (UInt8(ascii: "r"), 13), (quote, quote),
        (backslash, backslash),
    ]

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        var value = 0
        for digit in digits {
            guard digit >= zero, digit < zero + 8 else { return nil }
            value = value << 3 | Int(digit - zero)
        }
        return UInt8(exactly: value)
    }
}
