/// An untrusted name as shown in an error message: quoted, shortened, without anything a terminal would interpret.
package struct QuotedName: CustomStringConvertible {
    /// The characters shown before the name is shortened.
    package static let maximumLength = 80

    private let name: String

    /// Wraps a name.
    package init(_ name: String) { self.name = name }

    /// Wraps a key.
    package init(_ key: ByteString) { self.name = key.text }

    /// The name in single quotes.
    package var description: String {
        let shown = name.unicodeScalars.prefix(QuotedName.maximumLength + 1)
        let isCut = shown.count > QuotedName.maximumLength
        let text = String(String.UnicodeScalarView(shown.prefix(QuotedName.maximumLength)))
        return "'" + TerminalText.escaped(text) + (isCut ? "...'" : "'")
    }
}
