internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// The LFS pointers in all that some objects of a repository lead to.
struct HistoryPointers: Sendable {
    /// Runs git in the repository.
    let git: Git
    /// The repository as people know it.
    let place: String
    let scratch: ScratchDirectory

    /// How many small blobs are read at a time: at most 2 MiB of them.
    private static let batchSize = 2048

    /// Calls `body` with each pointer that can be reached from `tips` and the name of its blob; one may come more than once.
    ///
    /// The tips come from a `RefCensus`: `--all` alone would pass over a ref whose object is missing.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if anything that they lead to cannot be read, or is cut off.
    func forEach(from tips: Set<GitObjectName>, _ body: (LFSPointer, GitObjectName) throws -> Void) async throws {
        guard try await git.run(["rev-parse", "--is-shallow-repository"]).lines.first == "false" else {
            throw RemoteHelperError(
                .badStore,
                "the history at \(place) is shallow, so it does not say what all versions need; "
                    + "complete it with git fetch --unshallow")
        }
        let list = scratch.newFile()
        let input = try scratch.write(Array(tips.map { "\($0)\n" }.sorted().joined().utf8))
        // A commit-graph may list commits that have been pruned since.
        let outcome = try await Git.pipe(
            .init(
                git: whole,
                arguments: [
                    "-c", "core.commitGraph=false", "rev-list", "--objects", "--no-object-names", "--all", "--stdin",
                    "--filter=blob:limit=\(LFSPointer.byteLimit)",
                ]), input: input,
            into: .init(
                git: whole,
                arguments: ["cat-file", "--buffer", "--batch-check=%(objectname) %(objecttype) %(objectsize)"]
            ),
            output: list, showsErrors: false)
        unlink(input)
        defer { unlink(list) }
        guard outcome.producerStatus == 0, outcome.consumerStatus == 0 else { throw unreadable }
        let file = try SystemCall.OwnedFile(list)
        var reader = FileLineReader(descriptor: file.descriptor)
        var batch: [String] = []
        while let line = try await reader.nextLine() {
            let parts = line.split(separator: " ")
            guard parts.count == 3, let size = UInt64(parts[2]) else { throw unreadable }
            guard parts[1] == "blob", size >= LFSPointer.leastByteCount, size < LFSPointer.byteLimit else { continue }
            batch.append(String(parts[0]))
            if batch.count == Self.batchSize { try await read(&batch, body) }
        }
        try await read(&batch, body)
    }

    private func read(
        _ batch: inout [String], _ body: (LFSPointer, GitObjectName) throws -> Void
    ) async throws {
        guard !batch.isEmpty else { return }
        let input = batch.map { $0 + "\n" }.joined()
        let output = try await whole.run(["cat-file", "--batch", "--buffer"], input: Array(input.utf8))
        var rest = output.standardOutput[...]
        for name in batch {
            guard let content = PointerGuard.takeBlob(from: &rest), let blob = GitObjectName(name) else {
                throw unreadable
            }
            if let pointer = try? LFSPointer(parsing: content) { try body(pointer, blob) }
        }
        batch = []
    }

    /// Nothing shortens the history: no grafts, no replaced objects, nothing that an environment variable says.
    private var whole: Git {
        git.with([
            "GIT_GRAFT_FILE": "\(scratch.path)/no-grafts", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_REPLACE_REF_BASE": nil,
            "GIT_SHALLOW_FILE": nil,
        ])
    }

    private var unreadable: RemoteHelperError {
        RemoteHelperError(
            .badStore,
            "not all of the history at \(place) can be read, so what it needs is not known; run git fsck there"
        )
    }
}
