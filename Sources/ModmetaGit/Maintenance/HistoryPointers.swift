internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// The LFS pointers in all that some objects of a repository lead to.
struct HistoryPointers: Sendable {
    /// Runs git in the repository.
    let git: Git
    /// The repository as people know it.
    let place: String
    let scratch: ScratchDirectory

    /// Calls `body` with each object that a pointer names which can be reached from `tips`, and with the name of its blob; one may
    /// come more than once.
    ///
    /// A damaged pointer counts for all objects it names: what it was is not known, and they may be all that is left of it.
    /// The tips come from a `RefCensus`: `--all` alone would pass over a ref whose object is missing.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if anything that they lead to cannot be read, or is cut off.
    func forEach(from tips: Set<GitObjectName>, _ body: (ObjectID, GitObjectName) throws -> Void) async throws {
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
                    "--filter=blob:limit=\(LFSBlob.byteLimit)",
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
            guard parts[1] == "blob", LFSBlob.isCandidate(size: size) else { continue }
            batch.append(String(parts[0]))
            if batch.count == BlobBatch.limit { try await read(&batch, body) }
        }
        try await read(&batch, body)
    }

    private func read(
        _ batch: inout [String], _ body: (ObjectID, GitObjectName) throws -> Void
    ) async throws {
        guard !batch.isEmpty else { return }
        for (name, content) in zip(batch, try await BlobBatch.contents(of: batch, by: whole)) {
            guard let content, let blob = GitObjectName(name) else { throw unreadable }
            for object in LFSBlob(content).objects { try body(object, blob) }
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
