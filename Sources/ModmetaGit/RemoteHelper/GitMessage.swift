/// Git's words, made fit for a line of ours.
enum GitMessage {
    /// The first lines of a message without `fatal: ` or `error: `; advice after an empty line is left out.
    static func oneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.isEmpty }
            .map { line in
                ["fatal: ", "error: "].first { line.hasPrefix($0) }.map { line.dropFirst($0.count) } ?? line
            }
        return lines.isEmpty ? "git gave no reason" : lines.joined(separator: "; ")
    }
}
