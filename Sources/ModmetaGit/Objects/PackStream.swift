internal import Glibc
internal import ModmetaSystem

/// One pack on its way from a repository that makes it to one that indexes it.
struct PackStream: Sendable {
    /// Makes the pack.
    var source: Git
    /// Takes it in.
    var destination: Git
    /// Options of `git pack-objects` about progress.
    var packOptions: [String]
    /// Options of `git index-pack` about checks and progress.
    var indexOptions: [String]
    /// Whether what `git index-pack` says goes to our standard error at once, as for progress.
    var showsIndexing: Bool
    /// Holds the passing files.
    var scratch: ScratchDirectory

    /// How a pack arrived.
    struct Arrival: Sendable {
        /// The hash in the pack's name.
        var packName: String
        /// Whether its `.keep` file is ours; if not, another push left the same pack and protects it.
        var isKept: Bool
        /// Whether the pack needs no object from elsewhere; known only if asked for.
        var isSelfContained: Bool
    }

    /// The ways a pack may fail to arrive.
    enum Failure: Error, Sendable {
        case notMade
        case notTaken(String)
    }

    /// Sends all that `tips` refer to except what `known` refer to.
    ///
    /// - Parameters:
    ///   - known: objects both sides have, with all they refer to; deltas may build on them.
    ///   - keep: the text of the `.keep` file.
    /// - Throws: `Failure`.
    func send(_ tips: Set<GitObjectName>, known: Set<GitObjectName>, keep: String) async throws -> Arrival {
        var revisions = tips.map { "\($0)\n" }.joined()
        if !known.isEmpty { revisions += "--not\n" + known.map { "\($0)\n" }.joined() }
        let input = try scratch.write(Array(revisions.utf8))
        let output = scratch.newFile()
        let outcome = try await Git.pipe(
            .init(
                git: source,
                arguments: ["pack-objects", "--revs", "--stdout", "--thin", "--delta-base-offset"] + packOptions),
            input: input,
            into: .init(
                git: destination, arguments: ["index-pack", "--stdin", "--fix-thin", "--keep=\(keep)"] + indexOptions),
            output: output, showsErrors: showsIndexing)
        // If the taker fails, the maker has nobody to write to and ends by SIGPIPE.
        if outcome.producerStatus != 0, outcome.producerStatus != 128 + SIGPIPE { throw Failure.notMade }
        // With --check-self-contained-and-connected, 1 means: indexed, but it needs objects from elsewhere.
        let asksContained = indexOptions.contains("--check-self-contained-and-connected")
        let answer = RegularFile.firstBytes(of: output, limit: 256) ?? []
        let words = String(decoding: answer, as: UTF8.self).split { $0 == "\t" || $0 == "\n" }
        guard outcome.consumerStatus == 0 || (asksContained && outcome.consumerStatus == 1), words.count == 2,
            words[0] == "keep" || words[0] == "pack", GitObjectName(words[1]) != nil
        else { throw Failure.notTaken(GitMessage.oneLine(outcome.consumerErrors)) }
        return Arrival(
            packName: String(words[1]), isKept: words[0] == "keep",
            isSelfContained: asksContained && outcome.consumerStatus == 0)
    }
}
