internal import ModmetaFormats

/// The meaning of unquoted text in YAML: the core schema of YAML 1.2, with JSON's numbers.
///
/// Resolved here and not by a library, because semantic IDs depend on it; see docs/formats/semantic-id.md.
enum PlainScalar {
    /// The value of unquoted text; the text itself if it has no other meaning.
    static func value(_ text: String) -> DocumentValue {
        switch ByteString(text) {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: number(text) ?? SpecialNumber(yaml: text).map { .special($0) } ?? .string(text)
        }
    }

    /// The number that a text spells in decimal, or nil; a number too large for a double is nil too.
    static func number(_ text: String) -> DocumentValue? {
        var rest = text.utf8[...]
        func skipSign() { if let sign = rest.first, "-+".utf8.contains(sign) { rest.removeFirst() } }
        skipSign()
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.isEmpty, !whole.isEmpty, let value = Int64(text) { return .integer(value) }
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let mark = rest.first {
            guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
            rest.removeFirst()
            skipSign()
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
