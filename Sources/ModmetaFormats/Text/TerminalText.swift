/// Makes untrusted text (names, messages, arguments) safe to show in a terminal.
///
/// A file, a server or a committed document controls its names and messages. Raw, they could control the terminal,
/// reverse the direction of text, hide characters, or imitate a line of this program. See docs/security.md, "Text from
/// elsewhere".
package enum TerminalText {
    /// One line for display: credentials are redacted, and characters that are not printable are escaped.
    package static func line(_ text: some StringProtocol) -> String { escaped(Redaction.redacted(String(text))) }

    /// Escapes all characters that are not printable, including line ends and tabs.
    ///
    /// Escaping twice has no further effect.
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

    /// Escapes all characters in JSON strings that are not printable; a JSON parser gets the same values.
    ///
    /// - Parameter text: JSON whose strings have no raw control characters below U+0020, as JSON requires.
    package static func json(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            // Outside strings, JSON has no control characters other than whitespace.
            if isPrintable(scalar) || scalar == "\n" {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in Character(scalar).utf16 { result += "\\u" + hexadecimal(UInt32(unit), 4) }
            }
        }
    }

    /// Whether a terminal shows a character as itself and nothing else.
    ///
    /// Not printable are control and format characters (including bidirectional overrides, zero-width characters and
    /// tags), line and paragraph separators, private-use and unassigned characters, and others that are invisible.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator: return false
        // The two variation selectors that choose between emoji and text style are common and harmless.
        default: return !scalar.properties.isDefaultIgnorableCodePoint || (0xfe0e...0xfe0f).contains(scalar.value)
        }
    }

    /// Whether a text is printable ASCII, as nearly every line is.
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
