public import ModmetaSystem

/// A git child process failed.
public struct GitError: ModmetaError, Sendable {
    /// The arguments git was given.
    public var arguments: [String]
    /// The exit status, or nil if git did not run to its end.
    public var status: Int?
    /// What git said on standard error, or why it could not be run.
    public var words: String

    /// Creates an error.
    public init(arguments: [String], status: Int?, message: String) {
        self.arguments = arguments
        self.status = status
        words = message
    }
}

extension GitError {
    /// Git is a part of what surrounds this program.
    public var kind: ErrorKind { .environment }

    /// What git was to do, in a word, and git's own words; its arguments are ours and would help nobody.
    public var message: String {
        let line = GitMessage.oneLine(words)
        let advice = GitMessage.storageAdvice(for: words).map { "; \($0)" } ?? ""
        return status == nil ? "git could not be run: \(line)" : "git \(command) failed: \(line)\(advice)"
    }

    /// The subcommand, behind options of git itself.
    private var command: String {
        var rest = arguments[...]
        while let word = rest.first, word.hasPrefix("-") { rest = rest.dropFirst(["-c", "-C"].contains(word) ? 2 : 1) }
        return rest.first ?? ""
    }
}
