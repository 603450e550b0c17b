/// A name out of an untrusted file as an error message shows it: quoted, shortened, without control characters.
package struct QuotedName: CustomStringConvertible {
    /// The characters shown before the name is shortened.
    package static let maximumLength = 80

    private let name: String

    /// Wraps a name.
    package init(_ name: String) { self.name = name }

    /// The name between single quotes.
    package var description: String {
        var text = "'"
        var shown = 0
        for scalar in name.unicodeScalars {
            guard shown < QuotedName.maximumLength else {
                text += "..."
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
            shown += 1
        }
        return text + "'"
    }
}
