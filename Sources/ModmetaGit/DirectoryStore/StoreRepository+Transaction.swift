/// A change of one ref of a store.
struct RefChange: Equatable, Sendable {
    /// The full name of the ref.
    var name: String
    /// What the ref must hold before; nil if it must not exist.
    var old: GitObjectName?
    /// What the ref shall hold; nil to delete it.
    var new: GitObjectName?
}

extension StoreRepository {
    /// Changes all the refs or none, by git's own lock protocol.
    ///
    /// Locks that others hold are waited for.
    ///
    /// - Returns: nil if the refs have changed, and durably; else why none has.
    func apply(_ changes: [RefChange]) async throws -> String? {
        var commands = "start\n"
        for change in changes {
            // One of the two is always there: a deletion names what it deletes.
            let old = change.old?.hex ?? objectFormat.nullHex
            commands += change.new.map { "update \(change.name) \($0) \(old)\n" } ?? "delete \(change.name) \(old)\n"
        }
        commands += "prepare\ncommit\n"
        let output = try await view.git.output(["update-ref", "--stdin"], input: Array(commands.utf8))
        guard output.status == 0, output.lines.last == "commit: ok" else { return refusal(output.standardError) }
        try synchronizeDirectories(of: changes)
        return nil
    }

    private func refusal(_ message: String) -> String {
        var words = GitMessage.oneLine(message).replacing(view.path, with: path)
        if words.hasPrefix("prepare: ") || words.hasPrefix("commit: ") {
            words = String(words[words.index(after: words.firstIndex(of: " ") ?? words.startIndex)...])
        }
        if words.contains(".lock': File exists") {
            words =
                "\(words.hasSuffix(".") ? String(words.dropLast()) : words); if no git runs in the store, remove that file"
        }
        return words
    }

    /// A ref's file survives a crash only with the directories that lead to it.
    private func synchronizeDirectories(of changes: [RefChange]) throws {
        var directories: Set<Substring> = []
        for change in changes where change.new != nil {
            var name = change.name[...]
            while let slash = name.lastIndex(of: "/") {
                name = name[..<slash]
                directories.insert(name)
            }
        }
        for directory in directories { try SystemCall.synchronize(directory: "\(path)/\(directory)") }
    }
}
