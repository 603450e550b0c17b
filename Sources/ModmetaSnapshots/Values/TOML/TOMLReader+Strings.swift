// TOML strings: basic ones with escapes in double quotes, literal ones in single quotes, multi-line ones in three of
// each.

extension TOMLReader {
    /// Reads a string; the first quote is next.
    ///
    /// - Parameter isKey: whether it is a key, which must be on one line.
    mutating func string(isKey: Bool) throws(Problem) -> String {
        let quote = bytes[position]
        let isLiteral = quote == UInt8(ascii: "'")
        let isLong = !isKey && bytes[position...].starts(with: [quote, quote, quote])
        position += isLong ? 3 : 1
        if isLong { _ = consumeNewline() }
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote, !isLong {
                position += 1
                return String(decoding: text, as: UTF8.self)
            }
            if byte == quote, isLong, let end = closingQuotes(quote) {
                return String(decoding: text + end, as: UTF8.self)
            }
            if isLong, consumeNewline() {
                text.append(UInt8(ascii: "\n"))
            } else if byte == UInt8(ascii: "\\"), !isLiteral {
                position += 1
                text += try escape(isLong: isLong)
            } else {
                guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
                    throw Problem(words: "text has a control character, or its quotes do not end")
                }
                text.append(byte)
                position += 1
            }
        }
        throw Problem(words: "the quotes of a text do not end")
    }

    /// Consumes the quotes that end a multi-line string and returns those that belong to it: up to two before the final
    /// three.
    private mutating func closingQuotes(_ quote: UInt8) -> [UInt8]? {
        let run = bytes[position...].prefix { $0 == quote }.count
        guard run >= 3 else { return nil }
        position += min(run, 5)
        return Array(repeating: quote, count: min(run, 5) - 3)
    }

    private mutating func escape(isLong: Bool) throws(Problem) -> [UInt8] {
        guard let letter = peek else { throw Problem(words: "the quotes of a text do not end") }
        position += 1
        switch letter {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [letter]
        case UInt8(ascii: "u"): return try scalar(digits: 4)
        case UInt8(ascii: "U"): return try scalar(digits: 8)
        case _ where isLong && [0x20, 0x09, 0x0A, 0x0D].contains(letter):
            position -= 1
            skipBlanks()
            guard consumeNewline() else { throw Problem(words: "text has an unknown escape") }
            repeat { skipBlanks() } while consumeNewline()
            return []
        default: throw Problem(words: "text has an unknown escape")
        }
    }

    private mutating func scalar(digits: Int) throws(Problem) -> [UInt8] {
        let hex = bytes[position...].prefix(digits)
        guard hex.count == digits, hex.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: hex, as: UTF8.self), radix: 16), let scalar = UnicodeScalar(value)
        else { throw Problem(words: "text has an escape that is not a character") }
        position += digits
        return Array(String(Character(scalar)).utf8)
    }
}
