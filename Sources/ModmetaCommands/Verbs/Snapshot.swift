internal import ArgumentParser
internal import Glibc
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaSystem

/// `modmeta snapshot`: names a checkpoint, with the context that made it.
struct Snapshot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Commit a checkpoint as a named snapshot, with its context.",
        usage: "modmeta snapshot [<name>] <path>... [<options>]",
        discussion: """
            Writes .modmeta/snapshots/<name>.yaml, commits it with the checkpoint's files, and makes the annotated tag \
            snapshot/<name>: all of it or nothing. Where the first of several arguments is no existing path, it is the \
            name; without one, the time makes the name. The same command given again does no harm.
            """)

    @Argument(help: "The name, where it is no existing path; then the files and directories of the checkpoint.")
    var arguments: [String]

    @Option(help: "A configuration file: YAML, JSON or TOML. May be given several times.")
    var config: [String] = []

    @Option(help: "A data file, named by its SHA-256. May be given several times.")
    var dataset: [String] = []

    @Option(help: "The hash of data that is not here. May be given several times.")
    var datasetHash: [String] = []

    @Option(help: "The GPUs, where nvidia-smi does not say it.")
    var gpuInfo: String?

    @Option(help: "A variable of the environment that matters: NAME, or NAME=VALUE. May be given several times.")
    var env: [String] = []

    @Option(help: "The base model's directory, where it is not found by its name; its content is recorded.")
    var base: String?

    @Option(help: "The subject field of the model.")
    var domain: String?

    @Option(help: "Your own version of the model.")
    var version: String?

    @Option(help: "A number, for example loss=0.41. May be given several times.")
    var metric: [String] = []

    @Option(help: "The snapshot this one was trained from.")
    var parent: String?

    @Option(name: .shortAndLong, help: "What the snapshot is, for people.")
    var message: String?

    @Flag(help: "Take configuration files as they are, and leave out what a damaged trainer_state.json would say.")
    var noCheck = false

    @Flag(help: "Only write the YAML file: no commit, no tag.")
    var noCommit = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let repository = try await SnapshotRepository.here()
            let prepared = try await SnapshotMaker(options(), in: repository).prepare()
            let hashed = try await Meter.run("hashed") { meter in
                try await prepared.hash { meter.reached($0, of: $1) }
            }
            try await report(try await hashed.record(), in: repository)
        }
    }

    /// What the arguments say.
    private func options() throws -> SnapshotOptions {
        var options = SnapshotOptions(paths: arguments)
        if arguments.count > 1, let first = arguments.first, !WorkFile.exists(first) {
            options = SnapshotOptions(name: first, paths: Array(arguments.dropFirst()))
        }
        (options.configs, options.datasets, options.datasetHashes) = (config, dataset, datasetHash)
        options.gpus = gpuInfo.map { [$0] }
        options.variables = try env.map(Self.variable)
        options.metrics = try metric.map(Self.number)
        (options.base, options.domain, options.version) = (base, domain, version)
        (options.parent, options.message) = (parent, message)
        (options.isChecked, options.isCommitted) = (!noCheck, !noCommit)
        return options
    }

    private func report(_ document: SnapshotDocument, in repository: SnapshotRepository) async throws {
        if json { return try JSONOutput.print(document.value) }
        Terminal.print(document.summary)
        guard !noCommit else { return }
        let upstream = try await repository.git.output(["rev-parse", "--verify", "--quiet", "@{upstream}"])
        Terminal.error("To publish it: git push --follow-tags\(upstream.status == 0 ? "" : " -u origin HEAD")")
    }

    private static func variable(_ text: String) throws -> (name: String, value: String) {
        if let mark = text.firstIndex(of: "=") {
            return (String(text[..<mark]), String(text[text.index(after: mark)...]))
        }
        guard let value = getenv(text) else {
            throw CommandFailure(kind: .input, message: "the environment has no variable \(text); write \(text)=VALUE")
        }
        return (text, String(cString: value))
    }

    private static func number(_ text: String) throws -> (name: String, value: Double) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = number(in: String(parts[1])) else {
            throw CommandFailure(
                kind: .input,
                message: "\(text.debugDescription) is no metric; write a name and a number, as in loss=0.41")
        }
        return (String(parts[0]), value)
    }

    /// A number in decimal, or `nan` or `inf`; one that no double holds is none.
    private static func number(in text: String) -> Double? {
        if let special = SpecialNumber(spelled: text) { return special.double }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
