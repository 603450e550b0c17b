internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaSystem

/// `modmeta verify`: whether a snapshot's content is the one its ID names, and what can be done with it.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a snapshot's content against its ID, and whether training can go on from it.",
        discussion: """
            Hashes what the snapshot's commit holds, weights from the local git-lfs objects; with paths, hashes the \
            files there instead, which may lie anywhere. Where the content is another, names the files and tensors that \
            differ. Says whether model, optimizer, schedule, random states of all \
            processes and trainer state are there. With --base, says whether a base model is the one the snapshot was \
            trained on. Exit status 1: the content or the base is another, or --resumable and something is missing.
            """)

    @Argument(help: "The snapshot.")
    var snapshot: String

    @Argument(help: "Files and directories to compare with it.")
    var paths: [String] = []

    @Option(help: "A base model's directory or files, to compare with the one the snapshot records.")
    var base: [String] = []

    @Flag(help: "Fail where something is missing to resume training.")
    var resumable = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let repository = try await SnapshotRepository.here()
            let document = try await repository.find(snapshot)
            let files =
                paths.isEmpty ? try await repository.files(of: document) : try Checkpoint(paths: paths).files
            let digest = try await Meter.run("hashed") { meter in
                try await ContentDigest(of: files) { meter.reached($0, of: $1) }
            }
            let completeness = Completeness(of: files)
            let isContent = digest.content == document.id.content
            let difference =
                isContent
                ? nil : try await repository.difference(of: files, from: document, isOwn: paths.isEmpty)
            let differences = difference.map { DifferenceReport(difference: $0) }
            let isBase = base.isEmpty ? nil : try await isRecordedBase(document)
            if json {
                try JSONOutput.print(report(document, digest, completeness, differences, isBase: isBase))
            } else {
                for line in differences?.lines ?? [] { Terminal.print("\(document.name): \(line)") }
                if isContent { Terminal.print("\(document.name): the content is that of \(document.id)") }
                Terminal.print("\(document.name): \(completeness.summary)")
                for note in completeness.unlisted { Terminal.print("\(document.name): \(note)") }
                if isBase == true { Terminal.print("\(document.name): the base is the one it was trained on") }
            }
            guard isContent else {
                throw failure(document, differences)
            }
            if isBase == false {
                throw CommandFailure(
                    kind: .finding, message: "\(document.name): it was trained on another base than \(base[0])",
                    hints: [
                        "`\(command: "modmeta show \(document.name)")` has the base's name, and its revision "
                            + "where it is known."
                    ])
            }
            guard !resumable || completeness.isComplete else {
                throw ExitCode.finding
            }
        }
    }

    /// What is wrong where the content is not the snapshot's.
    private func failure(_ document: SnapshotDocument, _ report: DifferenceReport?) -> CommandFailure {
        let sentence = "\(document.name): the content is not that of \(document.id)"
        guard let report else {
            return CommandFailure(
                kind: .finding,
                message: "\(sentence); which files differ is not known, as the snapshot is in no commit")
        }
        guard report.difference.isEmpty else {
            let hints =
                paths.isEmpty
                ? [
                    "These git-lfs objects are damaged on this machine. This moves them to .git/lfs/bad: "
                        + "git lfs fsck snapshot/\(document.name)", "Then fetch them again, as this command says.",
                ] : []
            return CommandFailure(kind: .finding, message: "\(sentence): \(report.summary)", hints: hints)
        }
        // By every hash that the commit has, the files are the commit's.
        return CommandFailure(
            kind: .finding,
            message: "\(sentence), though every file is what the snapshot's commit holds",
            hints: ["The tag snapshot/\(document.name) was moved, or its document edited; ask whoever made it."])
    }

    private func isRecordedBase(_ document: SnapshotDocument) async throws -> Bool {
        guard let recorded = document.value["base"]?["content"]?.text else {
            throw CommandFailure(
                kind: .input, message: "\(document.name) does not record the content of its base model",
                hints: ["It is recorded where the base is on the machine: modmeta snapshot ... --base DIRECTORY"])
        }
        let digest = try await Meter.run("hashed of the base") { meter in
            try await ContentDigest(of: Checkpoint(paths: base).files) { meter.reached($0, of: $1) }
        }
        return (digest.weights ?? digest.content).hex == recorded
    }

    private func report(
        _ document: SnapshotDocument, _ digest: ContentDigest, _ completeness: Completeness,
        _ differences: DifferenceReport?, isBase: Bool?
    ) -> DocumentValue {
        [
            "snapshot": .string(document.name), "id": .string(document.id.description),
            "content": .string(digest.content.hex), "content_matches": .bool(digest.content == document.id.content),
            "differences": differences?.document ?? .null,
            "base_matches": isBase.map { .bool($0) } ?? .null, "format": .string(completeness.format.rawValue),
            "processes": .integer(Int64(completeness.processCount)), "resumable": .bool(completeness.isComplete),
            "missing": .array(completeness.missing.map { .string($0) }),
            "unlisted": .array(completeness.unlisted.map { .string($0) }),
            "parts": .array(
                completeness.parts.map { part in
                    [
                        "name": .string(part.name), "found": part.found.map { .string($0) } ?? .null,
                        "missing": .array(part.missing.map { .string($0) }),
                    ]
                }),
        ]
    }
}
