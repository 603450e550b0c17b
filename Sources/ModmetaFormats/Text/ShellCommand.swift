/// A command line that people paste into a POSIX shell.
///
/// It is written as an interpolated string, in which the literal parts are the command and each interpolated part is text
/// from elsewhere, which the shell must take as it is:
///
///     let command: ShellCommand = "git lfs push \(remote) snapshot/\(name)"
///
/// A path (`\(path: name)`) that begins with `-` gets `./` in front. Any other word that begins with `-` could be taken
/// for an option, unless it comes after a `--` of the command.
package struct ShellCommand: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// Why no line can be given.
    private static let refusal =
        "(no command can be shown, as a name in it has characters that cannot be pasted or would be taken for an option)"

    /// The line, or nil if no line is sure to be taken for the words that are meant.
    package let line: String?

    /// A command without text from elsewhere.
    package init(stringLiteral value: String) { line = value }

    /// Puts the parts of a command together.
    package init(stringInterpolation: StringInterpolation) {
        line = stringInterpolation.isSound ? stringInterpolation.text : nil
    }

    /// The line, or words that say why there is none.
    package var description: String { line ?? ShellCommand.refusal }

    /// The parts of a command, as they are put together.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var isSound = true

        /// Begins a command.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Adds a part of the command itself.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Adds text from elsewhere, to be a word or a part of one.
        package mutating func appendInterpolation(_ word: some StringProtocol) {
            let word = String(word)
            if isWordStart, word.hasPrefix("-"), !text.contains(" -- ") { isSound = false }
            append(word)
        }

        /// Adds a path from elsewhere.
        package mutating func appendInterpolation(path: some StringProtocol) {
            append(isWordStart && path.hasPrefix("-") ? "./\(path)" : String(path))
        }

        /// Adds paths from elsewhere, each a word.
        package mutating func appendInterpolation(paths: [String]) {
            for (index, path) in paths.enumerated() {
                if index > 0 { text += " " }
                appendInterpolation(path: path)
            }
        }

        private var isWordStart: Bool { text.last.map { $0 == " " } ?? true }

        private mutating func append(_ word: String) {
            // What the terminal would not show as it is cannot be pasted either; U+FFFD stands for bytes that are no UTF-8.
            if TerminalText.escaped(word) != word || word.unicodeScalars.contains("\u{FFFD}") { isSound = false }
            text += ShellCommand.quoted(Redaction.redacted(word))
        }
    }

    /// A text as a shell takes it for one word, or a part of one.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            // Not `=` and `~`, which some shells expand at the beginning of a word.
            default: "_./:@%+,-".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension DefaultStringInterpolation {
    /// Puts a command into a sentence: `"Run: \(command: "chmod +x \(path: file)")"`.
    package mutating func appendInterpolation(command: ShellCommand) { appendInterpolation(command.description) }
}
