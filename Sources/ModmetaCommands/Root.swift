internal import ArgumentParser

/// The command line `modmeta`.
struct Root: AsyncParsableCommand {
    /// The version `modmeta --version` prints.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "modmeta",
        abstract: "Git for model weights: send only what training changed.",
        discussion: """
            Set up once with `modmeta install`, then use git as always with a remote such as \
            modmeta::file:///mnt/models/qa. Exit status: 0 done, 1 the work found something wrong, \
            2 the input or a file is at fault, 3 the environment is at fault, 64 wrong usage.
            """,
        version: version,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(name: "Set up", subcommands: [Install.self, Init.self, Doctor.self]),
            CommandGroup(
                name: "Snapshots",
                subcommands: [Snapshot.self, List.self, Show.self, Fetch.self, Verify.self, Prune.self]),
            CommandGroup(name: "Look", subcommands: [Check.self, Inspect.self, ID.self, StoreCommand.self]),
            CommandGroup(name: "Plumbing", subcommands: [Delta.self, Patch.self, LFSAgent.self, Hook.self]),
        ])
}
