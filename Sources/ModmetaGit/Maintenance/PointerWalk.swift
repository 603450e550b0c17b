internal import ModmetaStore
internal import ModmetaSystem

/// The pointers that some objects lead to, with the files and commits they are in.
struct PointerWalk: Sendable {
    /// A pointer, sound or damaged, where it was met first.
    struct Place: Sendable {
        var blob: LFSBlob
        /// The path of the file.
        var file: String
        /// The latest commit that has it.
        var commit: String?
    }

    /// Runs git in the repository.
    let git: Git
    let scratch: ScratchDirectory

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
                    "--filter=blob:limit=\(LFSBlob.byteLimit)",
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
        var isComplete = outcome.producerStatus == 0 && outcome.consumerStatus == 0
        while let line = try await reader.nextLine() {
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count >= 3, let size = UInt64(parts[2]) else {
                // `<object> missing`
                isComplete = false
                continue
            }
            if parts[1] == "commit" { commit = String(parts[0]) }
            guard parts[1] == "blob", LFSBlob.isCandidate(size: size) else { continue }
            batch.append((String(parts[0]), parts.count > 3 ? String(parts[3]) : "", commit))
            if batch.count == BlobBatch.limit, try await !read(&batch, body) { isComplete = false }
        }
        return try await read(&batch, body) && isComplete
    }

    /// Reads a batch.
    ///
    /// - Returns: whether all of it could be read.
    private func read(
        _ batch: inout [(blob: String, file: String, commit: String?)], _ body: (Place) async throws -> Void
    ) async throws -> Bool {
        var isComplete = true
        let contents = try await BlobBatch.contents(of: batch.map(\.blob), by: git)
        for ((_, file, commit), content) in zip(batch, contents) {
            guard let content else {
                isComplete = false
                continue
            }
            let blob = LFSBlob(content)
            if blob != .content { try await body(Place(blob: blob, file: file, commit: commit)) }
        }
        batch = []
        return isComplete
    }
}
