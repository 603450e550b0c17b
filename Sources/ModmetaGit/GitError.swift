/// A git child process failed.
public struct GitError: Error, Sendable {
    /// The arguments git was given.
    public var arguments: [String]
    /// The exit status, or nil if git did not run to its end.
    public var status: Int?
    /// What git said on standard error, or why it could not be run.
    public var message: String

    /// Creates an error.
    public init(arguments: [String], status: Int?, message: String) {
        self.arguments = arguments
        self.status = status
        self.message = message
    }
}

extension GitError: CustomStringConvertible {
    /// The command, its status and git's own words.
    public var description: String {
        let command = (["git"] + arguments).joined(separator: " ")
        let words = message.split(separator: "\n").joined(separator: "; ")
        return status.map { "`\(command)` failed with status \($0): \(words)" }
            ?? "`\(command)` could not be run: \(words)"
    }
}
