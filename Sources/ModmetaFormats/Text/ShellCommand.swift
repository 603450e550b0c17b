/// A command line for users to paste into a POSIX shell.
///
/// It is written as an interpolated string: literal parts are the command, and each interpolated part is untrusted text
/// that the shell must take literally:
///
///     let command: ShellCommand = "git lfs push \(remote) snapshot/\(name)"
///
/// A path (`\(path: name)`) that starts with `-` gets a `./` prefix. Any other word that starts with `-` could be taken
/// for an option, unless it comes after a `--` of the command.
package struct ShellCommand: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The text shown if no command can be shown safely.
    private static let refusal =
        "(no command can be shown, because a name in it has characters that cannot be pasted "
        + "or would be taken for an option)"

    /// The line, or nil if it cannot be pasted safely.
    package let line: String?

    /// Creates a command without untrusted text.
    package init(stringLiteral value: String) { line = value }

    /// Creates a command from its parts.
    package init(stringInterpolation: StringInterpolation) {
        line = stringInterpolation.isSound ? stringInterpolation.text : nil
    }

    /// The line, or a text that says why it cannot be shown.
    package var description: String { line ?? ShellCommand.refusal }

    /// Collects the parts of a command.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var isSound = true

        /// Starts a command.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Adds a literal part of the command.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Adds untrusted text as a word or a part of one.
        package mutating func appendInterpolation(_ word: some StringProtocol) {
            let word = String(word)
            if isWordStart, word.hasPrefix("-"), !text.contains(" -- ") { isSound = false }
            append(word)
        }

        /// Adds an untrusted path.
        package mutating func appendInterpolation(path: some StringProtocol) {
            append(isWordStart && path.hasPrefix("-") ? "./\(path)" : String(path))
        }

        /// Adds untrusted paths, each as a word.
        package mutating func appendInterpolation(paths: [String]) {
            for (index, path) in paths.enumerated() {
                if index > 0 { text += " " }
                appendInterpolation(path: path)
            }
        }

        private var isWordStart: Bool { text.last.map { $0 == " " } ?? true }

        private mutating func append(_ word: String) {
            // Text that the terminal shows escaped cannot be pasted either; U+FFFD stands for bytes that are not UTF-8.
            if TerminalText.escaped(word) != word || word.unicodeScalars.contains("\u{FFFD}") { isSound = false }
            text += ShellCommand.quoted(Redaction.redacted(word))
        }
    }

    /// Quotes a text so that a shell takes it for one word or a part of one.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            // Excludes `=` and `~`, which some shells expand at the start of a word.
            default: "_./:@%+,-".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension DefaultStringInterpolation {
    /// Inserts a command into a sentence: `"Run: \(command: "chmod +x \(path: file)")"`.
    package mutating func appendInterpolation(command: ShellCommand) { appendInterpolation(command.description) }
}
