internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaSystem

/// `modmeta init`: prepares a repository for weights and snapshots.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Prepare a repository for weights and snapshots.",
        discussion: """
            Makes a repository where there is none, writes .modmeta/config.yaml, adds the missing lines to \
            .gitattributes and the remote origin. It may be run again; nothing of yours is overwritten.
            """)

    @Option(help: "The project's name.")
    var project: String?

    @Option(help: "The model that training starts from, for example meta-llama/Meta-Llama-3-8B-Instruct.")
    var baseModel: String?

    @Option(help: "The revision of the base model.")
    var baseRevision: String?

    @Option(help: "The URL of the remote origin, for example modmeta::file:///mnt/models/qa.")
    var remote: String?

    @Flag(help: "Write hooks that refuse weights without a snapshot, and snapshots that are not in the store.")
    var hooks = false

    func run() async throws {
        try await reportingFailures {
            if try await Git().output(["rev-parse", "--git-dir"]).status != 0 {
                _ = try await Git().run(["init", "-q"])
            }
            let repository = try await SnapshotRepository.here()
            try writeConfig(in: repository)
            try writeAttributes(in: repository)
            try await addRemote(in: repository)
            if hooks { try await HookFiles(repository: repository).write() }
            Terminal.print("\(repository.top) is ready for snapshots.")
        }
    }

    private func writeConfig(in repository: SnapshotRepository) throws {
        let path = "\(repository.top)/\(ProjectConfig.path)"
        let model: DocumentValue? = baseModel.map {
            ["id": .string($0), "revision": baseRevision.map { .string($0) } ?? .null]
        }
        let wanted = ProjectConfig(project: project, baseModel: model)
        guard let present = try ProjectConfig(readingIfPresent: path) else {
            return try WorkFile.write(wanted.yaml, to: path)
        }
        guard project == nil || project == present.project, model == nil || model == present.baseModel else {
            throw CommandFailure(
                kind: .input, message: "\(path) says something else already",
                hints: ["Edit it, if that is what you want."])
        }
    }

    private func writeAttributes(in repository: SnapshotRepository) throws {
        let path = "\(repository.top)/.gitattributes"
        guard !RepositoryPath.isLink(path) else {
            throw CommandFailure(kind: .input, message: "\(path) is a symbolic link, which is not followed")
        }
        var text = WorkFile.exists(path) ? String(decoding: try WorkFile.bytes(of: path), as: UTF8.self) : ""
        let present = Set(
            text.split(separator: "\n").compactMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).first })
        let missing = WeightPatterns.endings.map { "*.\($0)" }.filter { !present.contains($0[...]) }
        guard !missing.isEmpty || text.isEmpty else { return }
        // A new file begins with the rule that checkpoints are bytes; in one of yours your lines come first.
        if text.isEmpty { text = "* -text\n" }
        text = AttributesFile.text(text, adding: missing.map { "\($0) \(AttributesFile.lfs)" })
        try WorkFile.write(text, to: path)
    }

    private func addRemote(in repository: SnapshotRepository) async throws {
        guard let remote else { return }
        let present = try await repository.git.output(["config", "--get", "remote.origin.url"])
        if present.status != 0 {
            _ = try await repository.git.run(["remote", "add", "origin", remote])
        } else if let url = present.lines.first, url != remote {
            throw CommandFailure(
                kind: .input, message: "the remote origin is \(url) already",
                hints: ["To change it: \(command: "git remote set-url origin \(remote)")"])
        }
    }
}
