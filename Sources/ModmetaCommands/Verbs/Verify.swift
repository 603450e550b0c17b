internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaSnapshots

/// `modmeta verify`: whether a snapshot's content is the one its ID names.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a snapshot's content against its ID.",
        discussion: """
            Hashes what the snapshot's commit holds, weights from the local git-lfs objects; with paths, hashes the \
            files there instead, which may lie anywhere. Exit status 1: the content is another.
            """)

    @Argument(help: "The snapshot.")
    var snapshot: String

    @Argument(help: "Files and directories to compare with it.")
    var paths: [String] = []

    func run() async throws {
        try await reportingFailures {
            let repository = try await SnapshotRepository.discover()
            let document = try await repository.find(snapshot)
            let files =
                paths.isEmpty ? try await repository.files(of: document) : try Checkpoint(paths: paths).files
            let digest = try await ContentDigest(of: files)
            guard digest.content == document.id.content else {
                throw CommandFailure(
                    kind: .finding,
                    message: "\(document.name): the content is \(digest.content.hex), "
                        + "the snapshot says \(document.id.content.hex)")
            }
            Terminal.print("\(document.name): the content is that of \(document.id)")
        }
    }
}
