internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore
internal import ModmetaSystem

/// `modmeta store gc`: removes what no ref needs, in two steps with a grace period between them.
struct StoreGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove from a store what no ref needs any more.",
        discussion: """
            The first call condemns what is not needed; a call after the grace period looks again and deletes what is \
            still not needed. Pushes and fetches may run meanwhile. Without a URL the store of the remote origin is meant. \
            Nothing is deleted while anything that is needed cannot be accounted for (exit status 1). The first deletion in \
            a store's life, and one of more than half of it, is asked about.
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

    @Flag(help: "Go on though a repository of --keep-refs-of has no refs, or a list of --keep-objects no object.")
    var allowEmpty = false

    @Flag(help: "Delete without asking, also for the first time and more than half of the store.")
    var force = false

    @Option(help: "Go on though this LFS object is missing, since nobody has it any more. May be given several times.")
    var acceptMissing: [String] = []

    @Option(help: "Go on though the LFS objects this file lists are missing, one a line; - for input.")
    var acceptMissingFrom: [String] = []

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
            let live = try await KeptObjects(repositories: repositories, lists: lists, allowsEmpty: allowEmpty)
                .live(in: try await store.format(), history: history, of: url)
            let collector = Collector(collecting: store, live: live, grace: grace.seconds, lost: try lost())
            var outcome: Collector.Outcome
            if dryRun {
                outcome = try await Meter.run("looked at", counting: opening.traffic) { meter in
                    try await collector.rehearse { meter.reached($0) }
                }
                if let survey = outcome.survey, !survey.unaccounted.isEmpty {
                    try await refuse(survey.unaccounted, outcome, live, url)
                }
            } else {
                do {
                    var consent = DeletionConsent(isForced: force)
                    outcome = try await collect(collector, opening, &consent, url)
                    if wait, let due = outcome.due {
                        if !json { report(outcome, url) }
                        try await Task.sleep(for: .seconds(max(0, due - Collector.time())))
                        outcome = try await collect(collector, opening, &consent, url)
                    }
                } catch let error as UnaccountedObjects {
                    try await refuse(error.members, Collector.Outcome(), live, url)
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

    private func collect(
        _ collector: Collector, _ opening: StoreOpening, _ consent: inout DeletionConsent, _ url: StoreURL
    ) async throws -> Collector.Outcome {
        while true {
            do {
                let consent = consent
                return try await Meter.run("looked at", counting: opening.traffic) { meter in
                    try await collector.collect(consent: consent.check) { meter.reached($0) }
                }
            } catch let question as DeletionConsent.Question {
                // The answer may take an hour, so everything is looked at once more after it.
                try consent.ask(question, about: url)
            }
        }
    }

    /// The objects that the operator says are lost.
    private func lost() throws -> Set<ObjectID> {
        var lost: Set<ObjectID> = []
        for name in acceptMissing {
            guard let object = ObjectID(hex: name.hasPrefix("sha256:") ? name.dropFirst(7) : name[...]) else {
                throw CommandFailure(
                    kind: .input, message: "--accept-missing takes the 64 digits of an LFS object, not \(name)"
                )
            }
            lost.insert(object)
        }
        for path in acceptMissingFrom { lost.formUnion(try ObjectListing.read(path)) }
        return lost
    }

    /// Ends the command, saying what is not there.
    private func refuse(
        _ members: [UnaccountedObjects.Member], _ outcome: Collector.Outcome, _ live: any LiveObjects, _ url: StoreURL
    ) async throws -> Never {
        let missing = await MissingObjects(members, live: live, url: url)
        if json { try JSONOutput.print(CollectionDocument(outcome, isRehearsal: dryRun, missing: missing)) }
        try missing.report()
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
            if survey.lostCount > 0 { Terminal.print("\(survey.lostCount) of them are lost, as you said") }
        }
        if outcome.deletedCount > 0 {
            Terminal.print(
                "\(outcome.deletedCount) objects \(verb)deleted (\(formatted(bytes: outcome.deletedBytes)))")
        }
        if outcome.condemnedCount > 0 {
            let size = outcome.condemnedBytes > 0 ? " (\(formatted(bytes: outcome.condemnedBytes)))" : ""
            Terminal.print("\(outcome.condemnedCount) objects \(verb)condemned\(size)")
        }
        if dryRun, let planned = outcome.planned, planned.isRemarkable {
            Terminal.print("\(DeletionConsent.sentence(planned)): that is asked about, or needs --force")
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
