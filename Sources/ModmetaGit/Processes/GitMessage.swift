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

    /// What to do if git could not write; nil if its words name no such cause.
    static func storageAdvice(for message: String) -> String? {
        [
            ("No space left on device", "make room there and give the same command again"),
            ("Disk quota exceeded", "the quota there is used up; make room and give the same command again"),
            ("Read-only file system", "mount it for writing"),
            ("Permission denied", "see who may write there"),
            ("ermission to add an object", "see who may write there"),
            ("Input/output error", "the disk fails; look after it"),
        ].first { message.contains($0.0) }?.1
    }
}
