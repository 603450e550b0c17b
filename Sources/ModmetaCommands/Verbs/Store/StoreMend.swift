internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore

/// `modmeta store repair`: puts raw chunks in the place of payloads that are lost or damaged.
struct StoreMend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Mend lost and damaged payloads of a store with files that have their bytes.",
        discussion: """
            Looks for what is lost in the repositories, directories and files that are given, of any version that has the \
            bytes, and stores them raw. One lost payload then takes no other version with it. Exit status 1 means that \
            something could not be mended.
            """)

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String

    @Argument(help: "Repositories, directories and files with the weights; the repository here by default.")
    var sources: [String] = []

    @Flag(help: "Take payloads of the right size for sound.")
    var quick = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let opening = try await StoreOpening.here()
            let store = try await opening.open(try StoreURL(url), .upload).store
            let copies = try await FileCopies.onThisMachine(sources.isEmpty ? ["."] : sources)
            let repair = StoreRepair(store, from: [copies], parseManifest: StoreAudit.manifestParser)
            let report = try await Meter.run("verified", counting: opening.traffic, concludes: true) { meter in
                try await repair.run(isQuick: quick) { meter.reached($0) }
            }
            if json { try JSONOutput.print(RepairDocument(report)) } else { show(report) }
            guard report.isComplete else { throw ExitCode.finding }
        }
    }

    private func show(_ report: RepairReport) {
        for object in report.unreadable {
            Terminal.print("unreadable: \(ObjectKey.manifest(object).path): what it needs is not known")
        }
        for object in report.harmed { Terminal.print("not mended: object \(object)") }
        Terminal.print(
            report.lost == 0
                ? "no chunk is lost"
                : "\(report.lost) chunks were lost; \(report.stored.count) raw chunks stored "
                    + "(\(formatted(bytes: report.stored.bytes))); \(report.mended.count) objects mended")
        if !report.isComplete {
            Terminal.error(
                "modmeta: run it with other repositories, or git lfs push --all <remote> in those that have these objects"
            )
        }
    }
}

/// The JSON form of what a repair came to.
private struct RepairDocument: Encodable {
    var lostChunks: Int
    var storedCount: Int
    var storedBytes: UInt64
    var mended: [String]
    var notMended: [String]
    var unreadableManifests: [String]

    init(_ report: RepairReport) {
        lostChunks = report.lost
        storedCount = report.stored.count
        storedBytes = report.stored.bytes
        mended = report.mended.map(\.hex)
        notMended = report.harmed.map(\.hex)
        unreadableManifests = report.unreadable.map(\.hex)
    }
}
