// Canonical JSON, RFC 8785; docs/formats/semantic-id.md says what it is used for.

extension DocumentValue {
    /// All integers up to this one are exact as doubles.
    private static let exactLimit: UInt64 = 1 << 53

    /// The canonical JSON text in UTF-8 (RFC 8785): no whitespace, keys in UTF-16 order, numbers as in ECMAScript.
    public var canonicalJSON: [UInt8] {
        var bytes: [UInt8] = []
        appendCanonicalJSON(to: &bytes)
        return bytes
    }

    private func appendCanonicalJSON(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value) where value.magnitude <= DocumentValue.exactLimit: bytes += "\(value)".utf8
        // RFC 8785 numbers are doubles.
        case .integer(let value): bytes += ECMAScriptNumber.text(Double(value)).utf8
        case .number(let value): bytes += ECMAScriptNumber.text(value).utf8
        // JSON has no such numbers; docs/formats/semantic-id.md makes them text.
        case .special(let value): DocumentValue.appendQuoted(value.rawValue, to: &bytes)
        case .string(let value): DocumentValue.appendQuoted(value, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendCanonicalJSON(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                DocumentValue.appendQuoted(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.appendCanonicalJSON(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Appends a quoted string, escaping only what JSON requires.
    static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
