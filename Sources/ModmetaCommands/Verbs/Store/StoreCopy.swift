internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore

/// `modmeta store copy`: the weights and the history of one store into another.
struct StoreCopy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a store into another one, of any kind.",
        discussion: """
            Every object is hashed on its way, and what is there already is left alone, so a copy that was broken off \
            goes on when the command is given again. The destination is made where it is absent. Refs of the source \
            replace those of the destination; nothing is deleted there. Exit status 1 means that some objects are \
            damaged in the source, or missing there though refs lead to them, and were not copied.
            """)

    @Argument(help: "The store to copy, for example modmeta::file:///mnt/models/qa.")
    var source: String

    @Argument(help: "The store to copy it to.")
    var destination: String

    @Flag(name: .customLong("no-git"), help: "Copy only weights, not the Git history.")
    var skipsGit = false

    @Option(help: "How many objects are copied at the same time.")
    var jobs = 8

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 256.") }
    }

    func run() async throws {
        try await reportingFailures {
            let (from, to) = (try StoreURL(source), try StoreURL(destination))
            let opening = try await StoreOpening.here()
            let replication = try await StoreReplication(
                from: from, to: to, with: opening, copiesHistory: !skipsGit, width: jobs)
            let outcome = try await replication.run { copy in
                try await Meter.run("copied", counting: opening.traffic, concludes: true) { meter in
                    try await copy { meter.reached($0) }
                }
            }
            let (report, hasCopiedGit) = (outcome.report, outcome.hasCopiedHistory)
            if json { try JSONOutput.print(CopyDocument(report, hasCopiedGit)) } else { show(report, hasCopiedGit) }
            guard report.failures.isEmpty else { throw ExitCode.finding }
        }
    }

    private func show(_ report: CopyReport, _ copiesGit: Bool) {
        for failure in report.failures { Terminal.print("not copied: \(failure.key.path): \(failure.reason)") }
        Terminal.print(
            "\(report.copied.count) objects copied (\(formatted(bytes: report.copied.bytes))), "
                + "\(report.present.count) were there (\(formatted(bytes: report.present.bytes)))"
                + (copiesGit ? "; history copied" : ""))
        if !report.failures.isEmpty {
            Terminal.error(
                "modmeta: \(report.failures.count) objects were not copied, and no history that needs them; run "
                    + "`\(command: "modmeta store verify \(source)")`")
        }
    }
}

/// The JSON form of what a copy came to.
private struct CopyDocument: Encodable {
    struct Failure: Encodable {
        var key: String
        var reason: String
    }

    var copiedCount: Int
    var copiedBytes: UInt64
    var presentCount: Int
    var presentBytes: UInt64
    var historyCopied: Bool
    var failures: [Failure]

    init(_ report: CopyReport, _ historyCopied: Bool) {
        copiedCount = report.copied.count
        copiedBytes = report.copied.bytes
        presentCount = report.present.count
        presentBytes = report.present.bytes
        self.historyCopied = historyCopied
        failures = report.failures.map { Failure(key: $0.key.path, reason: $0.reason) }
    }
}
