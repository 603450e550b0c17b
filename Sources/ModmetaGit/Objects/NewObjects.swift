internal import ModmetaSystem

/// The objects that some tips add to what is known, listed in a file.
struct NewObjects: Sendable {
    /// Lines of `<object> <type> <size> <path>`; the path is empty for commits and tags.
    let path: String
    /// How many there are.
    let count: Int
    /// Holds the list for as long as this does.
    private let scratch: ScratchDirectory

    /// An object of the list.
    struct Entry: Sendable {
        var name: GitObjectName
        var type: Substring
        var size: UInt64
        var path: Substring
    }

    /// Lists what `tips` refer to and `known` do not.
    ///
    /// The list lies in a file, since it may name every object of a large repository.
    init(
        _ tips: Set<GitObjectName>, beyond known: Set<GitObjectName>, in local: LocalRepository,
        scratch: ScratchDirectory
    ) async throws {
        var revisions = tips.map { "\($0)\n" }.joined()
        revisions += known.map { "^\($0)\n" }.joined()
        self.scratch = scratch
        let input = try scratch.write(Array(revisions.utf8))
        path = scratch.newFile()
        let outcome = try await Git.pipe(
            .init(git: local.git, arguments: ["rev-list", "--objects", "--stdin"]), input: input,
            into: .init(
                git: local.git,
                arguments: ["cat-file", "--buffer", "--batch-check=%(objectname) %(objecttype) %(objectsize) %(rest)"]),
            output: path, showsErrors: false)
        guard outcome.producerStatus == 0, outcome.consumerStatus == 0 else {
            throw RemoteHelperError(.transfer, "git could not list the objects to push; run git fsck")
        }
        let file = try SystemCall.OwnedFile(path)
        var reader = FileLineReader(descriptor: file.descriptor)
        var count = 0
        while try await reader.nextLine() != nil { count += 1 }
        self.count = count
    }

    /// Calls `body` with each object.
    func forEach(_ body: (Entry) async throws -> Void) async throws {
        let file = try SystemCall.OwnedFile(path)
        var reader = FileLineReader(descriptor: file.descriptor)
        while let line = try await reader.nextLine() {
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count >= 3, let name = GitObjectName(parts[0]), let size = UInt64(parts[2]) else { continue }
            try await body(Entry(name: name, type: parts[1], size: size, path: parts.count > 3 ? parts[3] : ""))
        }
    }
}
