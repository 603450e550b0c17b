internal import ModmetaFormats

/// Writes a value as YAML in block style; equal values have equal bytes.
enum YAMLWriter {
    /// The text of an object, with a newline at the end.
    static func text(of value: DocumentValue) -> String {
        var text = ""
        append(value, indent: 0, to: &text)
        return text
    }

    private static func append(_ value: DocumentValue, indent: Int, to text: inout String) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            for member in members {
                text += margin + scalar(member.key) + ":"
                appendNested(member.value, indent: indent + 2, to: &text)
            }
        case .array(let elements) where !elements.isEmpty:
            for element in elements {
                // A nested block starts on the line of its dash.
                var block = ""
                append(element, indent: indent + 2, to: &block)
                text += margin + "- " + block.dropFirst(isBlock(element) ? indent + 2 : 0)
            }
        default: text += flow(value) + "\n"
        }
    }

    private static func appendNested(_ value: DocumentValue, indent: Int, to text: inout String) {
        text += isBlock(value) ? "\n" : " "
        append(value, indent: indent, to: &text)
    }

    private static func isBlock(_ value: DocumentValue) -> Bool {
        switch value {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }

    private static func flow(_ value: DocumentValue) -> String {
        switch value {
        case .string(let text): scalar(text)
        // PyYAML reads 1e-05 as text.
        case .number(let number): LegacyScalar.legacyFloat(number)
        case .special(let number): number.yaml
        default: String(decoding: value.canonicalIntegerJSON, as: UTF8.self)
        }
    }

    /// Text, quoted as in JSON unless every YAML reader takes it for text unquoted.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map(isLetter) == true && text.utf8.allSatisfy(isPlainByte)
            && !ambiguous.contains(text.lowercased())
        if isPlain { return text }
        var bytes: [UInt8] = []
        DocumentValue.appendQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.reduce(into: "") { result, scalar in
            // Escape YAML line ends and forbidden characters, and characters that a terminal would interpret or not
            // show, because users look at the file with git.
            switch scalar.value {
            case 0x7F...0x9F: result += "\\x" + String(scalar.value, radix: 16)
            case 0x10000... where !TerminalText.isPrintable(scalar):
                result += "\\U" + String(0x1_0000_0000 | UInt64(scalar.value), radix: 16).dropFirst()
            case _ where !TerminalText.isPrintable(scalar) || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                result += "\\u" + String(0x10000 | scalar.value, radix: 16).dropFirst()
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Words that YAML 1.1 or 1.2 does not read as text.
    private static let ambiguous: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "._-/@+".utf8.contains(byte)
    }
}

extension DocumentValue {
    /// JSON that keeps integers exact beyond the range of a double.
    fileprivate var canonicalIntegerJSON: [UInt8] {
        if case .integer(let value) = self { Array("\(value)".utf8) } else { canonicalJSON }
    }
}
