/// JSON text (RFC 8259) in the making, without white space.
package struct JSONText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// The text's bytes.
    package var bytes: [UInt8] { Array(text.utf8) }

    /// A string in quotes.
    package static func string(_ value: String) -> JSONText {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return JSONText(text: text + "\"")
    }

    /// A whole number.
    package static func number(_ value: some FixedWidthInteger) -> JSONText { JSONText(text: String(value)) }

    /// `true` or `false`.
    package static func boolean(_ value: Bool) -> JSONText { JSONText(text: value ? "true" : "false") }

    /// An array.
    package static func array(_ elements: [JSONText]) -> JSONText {
        JSONText(text: "[\(elements.map(\.text).joined(separator: ","))]")
    }

    /// An object whose members come in the order given; those without a value are left out.
    package static func object(_ members: [(key: String, value: JSONText?)]) -> JSONText {
        let texts = members.compactMap { key, value in value.map { "\(string(key).text):\($0.text)" } }
        return JSONText(text: "{\(texts.joined(separator: ","))}")
    }
}
