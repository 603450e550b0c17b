internal import ModmetaFormats

/// Plain text as PyYAML reads it, which speaks YAML 1.1: https://yaml.org/type/, with PyYAML's own expressions.
enum LegacyScalar {
    /// What PyYAML makes of plain text where that is not what YAML 1.2 makes of it, and what to write; else nil.
    static func difference(of text: String) -> String? {
        switch ByteString(text) {
        case "yes", "Yes", "YES", "on", "On", "ON":
            return "is the truth value true to PyYAML; write true, or \"\(text)\" for text"
        case "no", "No", "NO", "off", "Off", "OFF":
            return "is the truth value false to PyYAML; write false, or \"\(text)\" for text"
        default: break
        }
        // No number is longer; the expressions below look at characters.
        guard text.utf8.count <= 512, let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else {
            return nil
        }
        if matches(text, #/[-+]?0[0-7_]+/#), let value = Int(text.filter { $0 != "_" }, radix: 8) {
            return "is the octal number \(value) to PyYAML; write it without the zero in front, or in quotes"
        }
        if matches(text, #/[-+]?0b[01_]+/#) || matches(text, #/[-+]?0x[0-9a-fA-F_]+/#) {
            return "is a number to PyYAML and text to YAML 1.2; write it in decimal, or in quotes"
        }
        if matches(text, #/[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+/#) {
            return "is a number of base 60 to PyYAML; write it in quotes"
        }
        if matches(text, #/[0-9]{4}-[0-9]{2}-[0-9]{2}/#) { return "is a date to PyYAML; write it in quotes" }
        guard let number = PlainScalar.number(text) else {
            guard matches(text, #/[-+]?[0-9][0-9_]*(\.[0-9_]*)?/#) else { return nil }
            return "is a number to PyYAML and text to YAML 1.2; write it without underscores"
        }
        if case .number(let value) = number, !isLegacyFloat(text) {
            return "is text to PyYAML, so \(text) is no number there; write \(legacyFloat(value))"
        }
        return nil
    }

    /// PyYAML wants a point in the mantissa and a sign in the exponent.
    private static func isLegacyFloat(_ text: String) -> Bool {
        matches(text, #/[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?/#)
            || matches(text, #/[-+]?\.[0-9][0-9_]*([eE][-+][0-9]+)?/#)
    }

    /// A spelling that loaders of both versions of YAML read as the number: with a point, and a sign in the exponent.
    static func legacyFloat(_ value: Double) -> String {
        let text = value.description
        guard let mark = text.firstIndex(of: "e") else { return text }
        let mantissa = text[..<mark]
        let exponent = text[text.index(after: mark)...]
        return (mantissa.contains(".") ? mantissa : mantissa + ".0") + "e"
            + (exponent.hasPrefix("-") || exponent.hasPrefix("+") ? "" : "+") + exponent
    }

    private static func matches<Output>(_ text: String, _ expression: Regex<Output>) -> Bool {
        ((try? expression.wholeMatch(in: text)) ?? nil) != nil
    }
}
