internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// `modmeta store verify`: finds every flipped, missing or truncated object.
struct StoreVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read everything in a store and name what is damaged and what that harms.",
        discussion: """
            Exit status 1 means that something is wrong. To mend a store, remove what is damaged with --remove-damaged \
            and send it again from a repository that has it: git lfs push --all <remote>.
            """)

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Delete damaged payloads, objects, manifests and sketches, so that a push sends them again.")
    var removeDamaged = false

    func run() async throws {
        try await reportingFailures {
            let opening = try await StoreOpening.here()
            let store = try await opening.open(try StoreURL(url), .download).store
            let report = try await Meter.run("verified", counting: opening.traffic, concludes: true) { meter in
                try await StoreAudit(auditing: store).verify { meter.reached($0) }
            }
            if json { try JSONOutput.print(ReportDocument(report)) } else { show(report) }
            if removeDamaged {
                for finding in report.findings where finding.key != .format { try await store.delete(finding.key) }
            }
            guard report.isClean else { throw ExitCode(CommandFailure.Kind.finding.rawValue) }
        }
    }

    private func show(_ report: AuditReport) {
        for finding in report.findings {
            Terminal.print("\(finding.kind.rawValue): \(finding.key.path): \(finding.detail)")
            for object in finding.harms { Terminal.print("  harms object \(object)") }
        }
        for path in report.foreignFiles { Terminal.print("note: \(path) is not modmeta's") }
        Terminal.print(
            "\(report.objectsChecked) objects, \(formatted(bytes: report.bytesChecked)): "
                + (report.isClean ? "all sound" : "\(report.findings.count) findings"))
    }
}

/// The JSON form of a verification's result.
private struct ReportDocument: Encodable {
    struct Finding: Encodable {
        var key: String
        var kind: String
        var detail: String
        var harms: [String]
    }

    var objectsChecked: Int
    var bytesChecked: UInt64
    var findings: [Finding]
    var foreignFiles: [String]

    init(_ report: AuditReport) {
        objectsChecked = report.objectsChecked
        bytesChecked = report.bytesChecked
        findings = report.findings.map {
            Finding(key: $0.key.path, kind: $0.kind.rawValue, detail: $0.detail, harms: $0.harms.map(\.hex))
        }
        foreignFiles = report.foreignFiles
    }
}
