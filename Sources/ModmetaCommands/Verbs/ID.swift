internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots

/// `modmeta id`: the content half of a semantic ID, for files that need not be in any repository.
struct ID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the content hash of a checkpoint.",
        discussion: """
            The same tensors have the same hash, in one file or in shards, in any order, whatever the metadata. All \
            files given and all files in directories given count as one checkpoint.
            """)

    @Argument(help: "The files and directories of one checkpoint.")
    var paths: [String]

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let digest = try await Meter.run("hashed") { meter in
                try await ContentDigest(of: Checkpoint(paths: paths).files) { meter.reached($0, of: $1) }
            }
            for note in digest.notes { Terminal.error("modmeta: note: \(note)") }
            if json {
                try JSONOutput.print(ContentDocument(digest))
            } else {
                Terminal.print(digest.content.hex)
            }
        }
    }
}

/// The JSON form of a content hash.
private struct ContentDocument: Encodable {
    var content: String
    var tensors: Int
    var files: Int
    var bytes: UInt64
    var notes: [String]

    init(_ digest: ContentDigest) {
        content = digest.content.hex
        tensors = digest.tensorCount
        files = digest.fileCount
        bytes = digest.byteCount
        notes = digest.notes
    }
}
