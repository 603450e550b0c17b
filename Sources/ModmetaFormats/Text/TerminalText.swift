/// Text from elsewhere (names, messages, arguments), made fit for a terminal.
///
/// A file, a server or a committed document chooses what a name or a message holds. Raw, it could steer the terminal, turn
/// the direction of writing, hide characters, or begin a line that looks like one of ours. See docs/security.md,
/// "Text from elsewhere".
package enum TerminalText {
    /// One line for people: credentials are replaced, and what is not printable is escaped.
    package static func line(_ text: some StringProtocol) -> String { escaped(Redaction.redacted(String(text))) }

    /// A text in which all that is not printable is escaped, line ends and tabs too.
    ///
    /// Escaping twice changes nothing.
    package static func escaped(_ text: some StringProtocol) -> String {
        guard !isPlain(text) else { return String(text) }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += escape(scalar)
            }
        }
    }

    /// A JSON text whose strings hold nothing that is not printable; a reader of JSON gets the same values.
    ///
    /// - Parameter text: JSON whose strings have no raw control characters below U+0020, as JSON demands.
    package static func json(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            // Outside of strings JSON has no other control character than its layout.
            if isPrintable(scalar) || scalar == "\n" {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in Character(scalar).utf16 { result += "\\u" + hexadecimal(UInt32(unit), 4) }
            }
        }
    }

    /// Whether a terminal shows a character as itself, and only that.
    ///
    /// Not printable are control and format characters (bidirectional overrides, zero-width characters and tags among
    /// them), line and paragraph separators, private and unassigned characters, and others that show as nothing.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator: return false
        // The two selectors that choose between an emoji and a plain sign are common, and harmless.
        default: return !scalar.properties.isDefaultIgnorableCodePoint || (0xfe0e...0xfe0f).contains(scalar.value)
        }
    }

    /// Whether a text is nothing but printable ASCII, as nearly every line is.
    private static func isPlain(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func hexadecimal(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
