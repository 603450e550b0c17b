internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots

/// `modmeta show`: all that is known of one snapshot.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a snapshot.",
        discussion: "It is named by its name, its tag, its commit, or a unique beginning of one of its hashes.")

    @Argument(help: "The snapshot.")
    var snapshot: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let document = try await SnapshotRepository.here().find(snapshot)
            if json { return try JSONOutput.print(document.value) }
            var text = document.yaml
            while text.last == "\n" { text.removeLast() }
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                Terminal.print(String(line))
            }
        }
    }
}
