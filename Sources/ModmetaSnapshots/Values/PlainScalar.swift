/// What unquoted text in YAML stands for: the core schema of YAML 1.2, with JSON's numbers.
///
/// Resolved here and not by a library, because semantic IDs depend on it: docs/formats/semantic-id.md.
enum PlainScalar {
    /// The value that unquoted text stands for; the text itself where it is nothing else.
    static func value(_ text: String) -> DocumentValue {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: number(text) ?? SpecialNumber(yaml: text).map { .special($0) } ?? .string(text)
        }
    }

    /// The number a text spells in decimal, or nil; a number too large for a double is none.
    static func number(_ text: String) -> DocumentValue? {
        var rest = Substring(text)
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.isEmpty, !whole.isEmpty, let value = Int64(text) { return .integer(value) }
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let mark = rest.first {
            guard mark == "e" || mark == "E" else { return nil }
            rest.removeFirst()
            if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) && character.isASCII }
}
