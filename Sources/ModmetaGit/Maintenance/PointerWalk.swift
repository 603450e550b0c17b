internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// The pointers that some objects lead to, with the files and commits they are in.
struct PointerWalk: Sendable {
    /// A pointer where it was met first.
    struct Place: Sendable {
        var pointer: LFSPointer
        /// The path of the file.
        var file: String
        /// The latest commit that has it.
        var commit: String?
    }

    /// Runs git in the repository.
    let git: Git
    let scratch: ScratchDirectory

    /// How many small blobs are read at a time: at most 2 MiB of them.
    private static let batchSize = 2048
    /// The longest line git may write: an object, its size, and a path.
    private static let lineLimit = 1 << 20

    /// Calls `body` for each pointer, newest commits first.
    ///
    /// - Parameter tips: where to begin.
    /// - Returns: whether all could be read; what could be was given.
    func forEach(from tips: [GitObjectName], _ body: (Place) async throws -> Void) async throws -> Bool {
        guard !tips.isEmpty else { return true }
        let input = try scratch.write(Array(tips.map { "\($0)\n" }.joined().utf8))
        let list = scratch.newFile()
        // A commit-graph may list commits that have been pruned since.
        let outcome = try await Git.pipe(
            .init(
                git: git,
                arguments: [
                    "-c", "core.commitGraph=false", "rev-list", "--objects", "--in-commit-order", "--stdin",
                    "--filter=blob:limit=\(LFSPointer.byteLimit)",
                ]), input: input,
            into: .init(
                git: git,
                arguments: [
                    "cat-file", "--buffer", "--batch-check=%(objectname) %(objecttype) %(objectsize) %(rest)",
                ]), output: list, showsErrors: false)
        let file = try SystemCall.OwnedFile(list)
        var reader = FileLineReader(descriptor: file.descriptor, limit: Self.lineLimit)
        var batch: [(blob: String, file: String, commit: String?)] = []
        var commit: String?
        while let line = try await reader.nextLine() {
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count >= 3, let size = UInt64(parts[2]) else { continue }
            if parts[1] == "commit" { commit = String(parts[0]) }
            guard parts[1] == "blob", size >= LFSPointer.leastByteCount, size < LFSPointer.byteLimit else { continue }
            batch.append((String(parts[0]), parts.count > 3 ? String(parts[3]) : "", commit))
            if batch.count == Self.batchSize { try await read(&batch, body) }
        }
        try await read(&batch, body)
        return outcome.producerStatus == 0 && outcome.consumerStatus == 0
    }

    private func read(
        _ batch: inout [(blob: String, file: String, commit: String?)], _ body: (Place) async throws -> Void
    ) async throws {
        guard !batch.isEmpty else { return }
        let output = try await git.output(
            ["cat-file", "--batch", "--buffer"], input: Array(batch.map { $0.blob + "\n" }.joined().utf8))
        var rest = output.standardOutput[...]
        for (_, file, commit) in batch {
            // What git cannot read its own check names.
            guard let content = PointerGuard.takeBlob(from: &rest) else { break }
            guard let pointer = try? LFSPointer(parsing: content) else { continue }
            try await body(Place(pointer: pointer, file: file, commit: commit))
        }
        batch = []
    }
}
