internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaRepository

/// `modmeta hook`: what the hooks that `modmeta init --hooks` writes run.
struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run by git's hooks.", shouldDisplay: false, subcommands: [PreCommit.self, PrePush.self])

    /// Refuses weights that are committed without a snapshot.
    struct PreCommit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "pre-commit", shouldDisplay: false)

        func run() async throws {
            try await reportingFailures { try await CommitGuard(repository: .here()).check() }
        }
    }

    /// Refuses snapshots whose objects are not in the store.
    struct PrePush: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "pre-push", shouldDisplay: false)

        @Argument(help: "The remote's name, as git gives it.")
        var remote: String

        @Argument(help: "The remote's URL, as git gives it.")
        var url: String = ""

        func run() async throws {
            try await reportingFailures {
                var lines: [String] = []
                while let line = readLine() { lines.append(line) }
                try await PushGuard(repository: .here(), remote: remote, url: url).check(lines)
            }
        }
    }
}
