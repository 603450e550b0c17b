internal import ArgumentParser
internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots

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
            let repository = try await SnapshotRepository.discover()
            let locks = SnapshotLocks(repository: repository.repository)
            await locks.clear()
            if !noCommit {
                try locks.checkIndex()
                try await checkIdentity(in: repository)
            }
            let moment = Moment()
            var (name, paths) = nameAndPaths()
            if name == nil { name = try await freeName(moment.name, in: repository) }
            guard let name else { return }
            try SnapshotName.check(name)
            var checkpoint = try self.checkpoint(paths, in: repository)
            let given = paths
            paths = try paths.compactMap { try RepositoryPath.relative($0, to: repository.top) }
            try checkConfigs(in: repository)
            let head = try await repository.head()
            let former = noCommit ? nil : try await settle(checkpoint, paths, in: repository)
            // A line more in .gitattributes is a change where that file is part of the checkpoint.
            if former != nil { checkpoint = try self.checkpoint(given, in: repository) }
            do {
                try await take(checkpoint, name: name, moment: moment, paths: paths, head: head, in: repository)
            } catch {
                if let former { try? restore(former, in: repository) }
                throw error
            }
        }
    }

    private func take(
        _ checkpoint: Checkpoint, name: String, moment: Moment, paths: [String], head: String?,
        in repository: SnapshotRepository
    ) async throws {
        var request = try await request(name: name, moment: moment, paths: paths, head: head, in: repository)
        request.toleratesDamage = noCheck
        let stamp = checkpoint.stamp
        let (document, content, records) = try await Meter.run("hashed") { meter in
            try await request.document(of: checkpoint) { meter.reached($0, of: $1) }
        }
        for note in content.notes + Completeness(of: checkpoint.files).unlisted {
            Terminal.error("modmeta: note: \(note)")
        }
        request.cache?.save()
        let prefix = try RepositoryPath.relative(checkpoint.root, to: repository.top) ?? "."
        func path(_ name: String) -> String { prefix == "." ? name : "\(prefix)/\(name)" }
        let weights = content.weightFiles.map(path)

        if let present = try await present(name, in: repository) {
            // One that was only written down may now be committed.
            guard present.commit == nil, !noCommit, present.document.isSameSnapshot(as: document) else {
                return try await adopt(present, for: document, records, head: head, in: repository)
            }
        }
        if noCommit {
            try WorkFile.write(document.yaml, to: "\(repository.top)/\(SnapshotDocument.path(of: name))")
            return try await report(document)
        }
        let maker = SnapshotCommit(repository: repository, document: document, records: records)
        do {
            _ = try await maker.make(on: head, files: checkpoint.files.map { path($0.name) }, weightFiles: weights) {
                guard checkpoint.stamp == stamp else {
                    throw SnapshotError(
                        .changed, "the checkpoint changed while it was read; try again when its writer is done")
                }
            }
            try await report(document, in: repository)
        } catch let error as GitError {
            // What an earlier run was killed in may have been finished by its git meanwhile.
            guard let present = try await present(name, in: repository), present.commit != nil else { throw error }
            try await adopt(present, for: document, records, head: try await repository.head(), in: repository)
        }
    }

    /// Takes what has the name for this snapshot, where it is the same, and finishes what is missing of it.
    private func adopt(
        _ present: (document: SnapshotDocument, commit: String?, isTagged: Bool), for document: SnapshotDocument,
        _ records: [DatasetManifest], head: String?, in repository: SnapshotRepository
    ) async throws {
        guard present.document.isSameSnapshot(as: document) else { throw taken(document.name) }
        if let commit = present.commit, !noCommit {
            let maker = SnapshotCommit(repository: repository, document: present.document, records: records)
            try await maker.finish(commit: commit, isTagged: present.isTagged, head: head)
            if try await repository.head() == commit { await maker.refresh(commit: commit) }
        }
        try await report(present.document, in: noCommit ? nil : repository)
    }

    /// - Parameter repository: where it was committed; nil where it was only written down.
    private func report(_ document: SnapshotDocument, in repository: SnapshotRepository? = nil) async throws {
        if json { return try JSONOutput.print(document.value) }
        Terminal.print(document.summary)
        guard let repository else { return }
        let upstream = try await repository.git.output(["rev-parse", "--verify", "--quiet", "@{upstream}"])
        Terminal.error("To publish it: git push --follow-tags\(upstream.status == 0 ? "" : " -u origin HEAD")")
    }

    /// Refuses before hours of hashing what git would refuse after them.
    private func checkIdentity(in repository: SnapshotRepository) async throws {
        for variable in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            guard try await repository.git.output(["var", variable]).status != 0 else { continue }
            throw CommandFailure(
                kind: .environment, message: "git does not know your name and address, which a snapshot's commit needs",
                hints: [
                    "Run: git config --global user.name 'Your Name'",
                    "Run: git config --global user.email you@example.com",
                ])
        }
    }

    private func nameAndPaths() -> (name: String?, paths: [String]) {
        guard arguments.count > 1, let first = arguments.first, !WorkFile.exists(first) else { return (nil, arguments) }
        return (first, Array(arguments.dropFirst()))
    }

    private func checkpoint(_ paths: [String], in repository: SnapshotRepository) throws -> Checkpoint {
        for path in paths where try RepositoryPath.relative(path, to: repository.top) == nil {
            throw CommandFailure(
                kind: .input, message: "\(path) is not in the repository \(repository.top)",
                hints: ["Copy the checkpoint into it, files in place of links: cp -rL CHECKPOINT DIRECTORY"])
        }
        let checkpoint = try Checkpoint(paths: paths)
        try refuseRepositories(checkpoint, paths, in: repository)
        for file in checkpoint.files where RepositoryPath.isLink("\(checkpoint.root)/\(file.name)") {
            throw CommandFailure(
                kind: .input,
                message: "\(file.name) is a symbolic link, of which git would keep only the target's name",
                hints: [
                    "Copy the checkpoint, files in place of links, and take the snapshot of the copy: cp -rL CHECKPOINT COPY"
                ])
        }
        return checkpoint
    }

    /// Refuses configuration files that the schema does; warnings go to standard error.
    private func checkConfigs(in repository: SnapshotRepository) throws {
        guard !noCheck, !config.isEmpty else { return }
        let schema = try HyperparameterSchema.load(path: "\(repository.top)/\(HyperparameterSchema.path)")
        let checks = try config.map { try schema.check(fileAt: $0) }
        for check in checks {
            for finding in check.findings { Terminal.error(ConfigChecking.line(finding, of: check)) }
        }
        if let refused = checks.first(where: { !$0.isAcceptable }) {
            throw CommandFailure(
                kind: .input, message: "\(refused.path) is not as the schema says, so no snapshot is made of it",
                hints: ["Mend it, or say in \(HyperparameterSchema.path) what is right, or give --no-check."])
        }
    }

    /// What has the name already: by its tag, in `HEAD`, or only in the work tree.
    private func present(
        _ name: String, in repository: SnapshotRepository
    ) async throws -> (document: SnapshotDocument, commit: String?, isTagged: Bool)? {
        if let committed = try await repository.committed(name) { return committed }
        let path = SnapshotDocument.path(of: name)
        guard WorkFile.exists("\(repository.top)/\(path)") else { return nil }
        return (
            try SnapshotDocument(parsing: WorkFile.bytes(of: "\(repository.top)/\(path)"), path: path), nil, false
        )
    }

    private func taken(_ name: String) -> CommandFailure {
        CommandFailure(
            kind: .input, message: "the snapshot \(name) exists already, and it is another one",
            hints: [
                "Names are never used again; choose another one. "
                    + "`\(command: "modmeta show \(name)")` shows what has it."
            ])
    }

    private func freeName(_ name: String, in repository: SnapshotRepository) async throws -> String {
        var candidate = name
        var number = 2
        while try await present(candidate, in: repository) != nil {
            candidate = "\(name)-\(number)"
            number += 1
        }
        return candidate
    }

    private func request(
        name: String, moment: Moment, paths: [String], head: String?, in repository: SnapshotRepository
    ) async throws -> SnapshotRequest {
        var request = SnapshotRequest(name: name, created: moment.text, paths: paths)
        request.project = try ProjectConfig(readingIfPresent: "\(repository.top)/\(ProjectConfig.path)") ?? .init()
        request.configs = try named(config, in: repository)
        request.datasets = try named(dataset, in: repository)
        request.datasetHashes = datasetHash
        request.gpus = if let gpuInfo { [gpuInfo] } else { await GPUListing.current() }
        request.variables = try env.map(variable)
        request.metrics = try metric.map(number)
        (request.domain, request.version, request.message) = (domain, version, message)
        request.base = base
        request.cache = DigestCache(path: "\(try repository.repository.makeStateDirectory())/digests")
        request.variable = { name in getenv(name).map { String(cString: $0) } }
        if let parent { request.parent = try SnapshotSelector.find(parent, in: await repository.snapshots()).name }
        if let head {
            let changes = try await repository.git.run(
                ["status", "--porcelain", "--untracked-files=no", "--", "."] + paths.map { ":(exclude,literal)\($0)" })
            request.code = ["commit": .string(head), "dirty": .bool(!changes.standardOutput.isEmpty)]
        }
        return request
    }

    /// Files by their path in the repository, or by their name where they lie outside.
    private func named(_ paths: [String], in repository: SnapshotRepository) throws -> [(name: String, path: String)] {
        try paths.map { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return (try RepositoryPath.relative(path, to: repository.top) ?? name, path)
        }
    }

    private func variable(_ text: String) throws -> (name: String, value: String) {
        if let mark = text.firstIndex(of: "=") {
            return (String(text[..<mark]), String(text[text.index(after: mark)...]))
        }
        guard let value = getenv(text) else {
            throw CommandFailure(kind: .input, message: "the environment has no variable \(text); write \(text)=VALUE")
        }
        return (text, String(cString: value))
    }

    private func number(_ text: String) throws -> (name: String, value: Double) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = number(in: String(parts[1])) else {
            throw CommandFailure(
                kind: .input,
                message: "\(text.debugDescription) is no metric; write a name and a number, as in loss=0.41")
        }
        return (String(parts[0]), value)
    }

    /// A number in decimal, or `nan` or `inf`; one that no double holds is none.
    private func number(in text: String) -> Double? {
        if let special = SpecialNumber(spelled: text) { return special.double }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
