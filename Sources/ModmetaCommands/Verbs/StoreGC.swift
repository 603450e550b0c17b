internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaStore

/// `modmeta store gc`: removes what no ref needs, in two steps with a grace period between them.
struct StoreGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove from a store what no ref needs any more.",
        discussion: """
            The first call condemns what is not needed; a call after the grace period looks again and deletes what is \
            still not needed. Pushes and fetches may run meanwhile. Without a URL the store of the remote origin is meant.
            """)

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String?

    @Flag(name: [.customShort("n"), .long], help: "Only say what would be condemned and deleted.")
    var dryRun = false

    @Option(help: "How long to wait before deleting, for example 12h, 3d or 2w; 0 deletes at once.")
    var grace = GracePeriod.standard

    @Flag(help: "Stay until the grace period is over, and then delete.")
    var wait = false

    @Option(
        name: .customLong("keep-refs-of"),
        help: "Keep what the refs of this repository need too; for repositories whose history is not in the store.")
    var repositories: [String] = []

    @Option(name: .customLong("keep-objects"), help: "Keep the LFS objects this file lists, one a line; - for input.")
    var lists: [String] = []

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let url = try await StoreArgument.resolve(url)
            if case .server = url.location {
                throw CommandFailure(
                    kind: .input,
                    message:
                        "\(url) is an LFS server, which deletes nothing for its users; its host's settings may free space"
                )
            }
            let opening = try await StoreOpening.here()
            let store = try await opening.open(url, .download).store
            let history = try await MaintainedHistory.ifAny(of: url)
            let live = try await KeptObjects(repositories: repositories, lists: lists)
                .live(in: try await store.format(), history: history, of: url)
            let collector = Collector(collecting: store, live: live, grace: grace.seconds)
            var outcome: Collector.Outcome
            if dryRun {
                outcome = try await Meter.run("looked at", counting: opening.traffic) { meter in
                    try await collector.rehearse { meter.reached($0) }
                }
            } else {
                outcome = try await collect(collector, opening)
                if wait, let due = outcome.due {
                    if !json { report(outcome, url) }
                    try await Task.sleep(for: .seconds(max(0, due - Collector.time())))
                    outcome = try await collect(collector, opening)
                }
            }
            let packing = try await history?.consolidate(isRehearsal: dryRun)
            if json {
                try JSONOutput.print(CollectionDocument(outcome, packing, isRehearsal: dryRun))
            } else {
                if dryRun { list(outcome) }
                report(outcome, url, packing)
            }
        }
    }

    private func collect(_ collector: Collector, _ opening: StoreOpening) async throws -> Collector.Outcome {
        try await Meter.run("looked at", counting: opening.traffic) { meter in
            try await collector.collect { meter.reached($0) }
        }
    }

    private func list(_ outcome: Collector.Outcome) {
        for object in (outcome.survey?.dead ?? []).sorted(by: { $0.member.key < $1.member.key }) {
            Terminal.print("\(object.member.key.path)  \(object.size)")
        }
    }

    private func report(_ outcome: Collector.Outcome, _ url: StoreURL, _ packing: MaintainedHistory.Packing? = nil) {
        let verb = dryRun ? "would be " : ""
        if let survey = outcome.survey {
            Terminal.print(
                "\(survey.liveCount) LFS objects are needed; \(survey.kept.count) stored objects stay "
                    + "(\(formatted(bytes: survey.kept.bytes)), \(survey.young.count) only because they are young)")
            if survey.missingCount > 0 {
                Terminal.error(
                    "modmeta: \(survey.missingCount) of the needed LFS objects are not in the store; "
                        + "send them with git lfs push --all from a repository that has them")
            }
        }
        if outcome.deletedCount > 0 {
            Terminal.print(
                "\(outcome.deletedCount) objects \(verb)deleted (\(formatted(bytes: outcome.deletedBytes)))")
        }
        if outcome.condemnedCount > 0 {
            let size = outcome.condemnedBytes > 0 ? " (\(formatted(bytes: outcome.condemnedBytes)))" : ""
            Terminal.print("\(outcome.condemnedCount) objects \(verb)condemned\(size)")
        }
        if let due = outcome.due {
            Terminal.print(
                "Give the same command again after \(Moment(secondsSince1970: due).text) to delete what is condemned.")
        } else if outcome.deletedCount == 0, outcome.condemnedCount == 0 {
            Terminal.print("nothing to remove")
        }
        if let packing, packing.before > 1 {
            Terminal.print(
                dryRun
                    ? "\(packing.before) packs of Git objects would be put together"
                    : "\(packing.before) packs of Git objects are \(packing.after) now")
        }
    }
}

extension Collector {
    /// Prepares a collection with the manifests of this program.
    init(collecting store: any ObjectStore, live: any LiveObjects, grace: Int64) {
        self.init(store: store, live: live, grace: grace, parseManifest: StoreAudit.manifestParser)
    }
}

extension MaintainedHistory {
    /// The history in a store; nil for a store that keeps none.
    static func ifAny(of url: StoreURL) async throws -> MaintainedHistory? {
        if case .server = url.location { return nil }
        return try await MaintainedHistory(of: url)
    }
}
