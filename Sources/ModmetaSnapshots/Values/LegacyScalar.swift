internal import ModmetaFormats

/// Plain text as PyYAML reads it, which speaks YAML 1.1: https://yaml.org/type/, by the rules of PyYAML's resolver.
///
/// Files hold millions of numbers, so each byte is looked at a few times and no more.
enum LegacyScalar {
    /// What PyYAML makes of plain text where that is not what YAML 1.2 makes of it, and what to write; else nil.
    static func difference(of text: String) -> String? {
        let bytes = text.utf8
        // No number is longer.
        guard let first = bytes.first, bytes.count <= 512 else { return nil }
        guard isDigit(first) || "+-.".utf8.contains(first) else { return bytes.count <= 3 ? truth(text) : nil }
        var digits = Array(bytes)[...]
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { digits.removeFirst() }
        if isOctal(digits),
            let value = Int(String(decoding: bytes.filter { $0 != underscore }, as: UTF8.self), radix: 8)
        {
            return "is the octal number \(value) to PyYAML; write it without the zero in front, or in quotes"
        }
        if isBinary(digits) || isHexadecimal(digits) {
            return "is a number to PyYAML and text to YAML 1.2; write it in decimal, or in quotes"
        }
        if isBase60(digits) { return "is a number of base 60 to PyYAML; write it in quotes" }
        if isDate(bytes) { return "is a date to PyYAML; write it in quotes" }
        guard let number = PlainScalar.number(text) else {
            guard isGrouped(digits) else { return nil }
            return "is a number to PyYAML and text to YAML 1.2; write it without underscores"
        }
        if case .number(let value) = number, !isLegacyFloat(digits) {
            return "is text to PyYAML, so \(text) is no number there; write \(legacyFloat(value))"
        }
        return nil
    }

    private static func truth(_ text: String) -> String? {
        switch text {
        case "yes", "Yes", "YES", "on", "On", "ON":
            "is the truth value true to PyYAML; write true, or \"\(text)\" for text"
        case "no", "No", "NO", "off", "Off", "OFF":
            "is the truth value false to PyYAML; write false, or \"\(text)\" for text"
        default: nil
        }
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
}

/// The rules, of text without its sign.
extension LegacyScalar {
    private static let underscore = UInt8(ascii: "_")

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isGroupedDigit(_ byte: UInt8) -> Bool { isDigit(byte) || byte == underscore }

    /// `017`, `0_1`.
    private static func isOctal(_ text: ArraySlice<UInt8>) -> Bool {
        text.first == UInt8(ascii: "0") && text.count > 1
            && text.dropFirst().allSatisfy { (0x30...0x37).contains($0) || $0 == underscore }
    }

    /// `0b101`.
    private static func isBinary(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts(with: "0b".utf8) && text.count > 2 && text.dropFirst(2).allSatisfy("01_".utf8.contains)
    }

    /// `0x1F`.
    private static func isHexadecimal(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts(with: "0x".utf8) && text.count > 2
            && text.dropFirst(2).allSatisfy { isGroupedDigit($0) || (0x61...0x66).contains($0 | 0x20) }
    }

    /// `12:30`, `1:30:59`.
    private static func isBase60(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, (0x31...0x39).contains(first) else { return false }
        var rest = text.drop(while: isGroupedDigit)
        guard !rest.isEmpty else { return false }
        while let colon = rest.first {
            guard colon == UInt8(ascii: ":") else { return false }
            rest.removeFirst()
            let part = rest.prefix(while: isDigit)
            guard part.count == 1 || part.count == 2 && part[part.startIndex] <= UInt8(ascii: "5") else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }

    /// `2024-05-22`.
    private static func isDate(_ text: String.UTF8View) -> Bool {
        text.count == 10
            && text.enumerated().allSatisfy { $0 == 4 || $0 == 7 ? $1 == UInt8(ascii: "-") : isDigit($1) }
    }

    /// `1_000`, `1_0.5`.
    private static func isGrouped(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, isDigit(first) else { return false }
        let rest = text.drop(while: isGroupedDigit)
        return rest.isEmpty || rest.first == UInt8(ascii: ".") && rest.dropFirst().allSatisfy(isGroupedDigit)
    }

    /// PyYAML wants a point in the mantissa and a sign in the exponent.
    private static func isLegacyFloat(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return false }
        var rest = text.drop(while: isDigit(first) ? isGroupedDigit : { _ in false })
        guard rest.first == UInt8(ascii: ".") else { return false }
        rest.removeFirst()
        if !isDigit(first) { guard let digit = rest.first, isDigit(digit) else { return false } }
        rest = rest.drop(while: isGroupedDigit)
        guard let mark = rest.first else { return true }
        rest.removeFirst()
        guard mark | 0x20 == UInt8(ascii: "e"), let sign = rest.first, "+-".utf8.contains(sign) else { return false }
        rest.removeFirst()
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}
