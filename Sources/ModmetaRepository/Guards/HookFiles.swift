internal import Glibc
internal import ModmetaGit
internal import ModmetaSystem

/// The hooks of a repository: written where there are none, joined with git-lfs's own, and never in place of others.
public struct HookFiles: Sendable {
    let repository: SnapshotRepository

    /// Prepares to write the hooks of a repository.
    public init(repository: SnapshotRepository) { self.repository = repository }

    private static let mark = "# Written by modmeta init --hooks."
    private static let preCommit = """
        #!/bin/sh
        \(mark)
        exec modmeta hook pre-commit

        """
    private static let prePush = """
        #!/bin/sh
        \(mark) git-lfs sends the objects first.
        refs=$(cat)
        printf '%s\\n' "$refs" | git lfs pre-push "$@" || exit
        printf '%s\\n' "$refs" | modmeta hook pre-push "$@"

        """

    /// Writes the hooks; doing it again changes nothing.
    ///
    /// - Throws: `RepositoryError` with what to add where a hook of somebody else is there.
    public func write() async throws {
        let lines = try await repository.git.run(["rev-parse", "--path-format=absolute", "--git-path", "hooks"]).lines
        let directory = String(lines[0])
        let hooks = [
            ("pre-commit", Self.preCommit, "modmeta hook pre-commit || exit 1"),
            ("pre-push", Self.prePush, "printf '%s\\n' \"$refs\" | modmeta hook pre-push \"$@\" || exit 1"),
        ]
        // All or none: what is refused is found first.
        for (name, text, line) in hooks {
            guard let present = try content(of: "\(directory)/\(name)"), present != text, !Self.isOfLFS(present) else {
                continue
            }
            guard !present.contains("modmeta hook \(name)") else { continue }
            throw RepositoryError(
                kind: .input, message: "there is a \(name) hook already, \(directory)/\(name)",
                hints: [
                    "It stays as it is. Add this line to it: \(line)",
                    name == "pre-push"
                        ? "Before it, read what git writes to the hook: refs=$(cat); after `git lfs pre-push`." : "",
                ].filter { !$0.isEmpty })
        }
        mkdir(directory, 0o777)
        for (name, text, _) in hooks {
            let present = try content(of: "\(directory)/\(name)")
            guard present == nil || present.map(Self.isOfLFS) == true else { continue }
            try WorkFile.write(Array(text.utf8), to: "\(directory)/\(name)", mode: 0o777)
        }
    }

    private func content(of path: String) throws -> String? {
        WorkFile.exists(path) ? String(decoding: try WorkFile.bytes(of: path), as: UTF8.self) : nil
    }

    /// Whether a hook is what `git lfs install` writes: a look for git-lfs, and its own hook.
    private static func isOfLFS(_ text: String) -> Bool {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return (1...2).contains(lines.count) && lines.last == "git lfs pre-push \"$@\""
            && (lines.count == 1 || lines[0].hasPrefix("command -v git-lfs "))
    }
}
