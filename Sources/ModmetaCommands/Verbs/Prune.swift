internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaStore
internal import ModmetaSystem

/// `modmeta prune`: deletes the tags of snapshots that no rule keeps, so that `store gc` can remove what only they need.
struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete snapshots of a store that no rule keeps.",
        discussion: """
            What goes is listed first. A snapshot's tag is deleted; commits that a branch or another tag leads to stay, \
            and with them their weights. Then `modmeta store gc` removes what nothing leads to any more. A snapshot that \
            any rule keeps is kept; rules hold within each project. If nothing of a project would \
            stay, that is asked about, and a rule about a metric that nothing has is an error.
            """)

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String?

    @Option(help: "Keep so many of the latest snapshots.")
    var keepLast: Int?

    @Option(help: "Keep the snapshot with the best value of a metric: [min:|max:]METRIC[=COUNT].")
    var keepBest: [String] = []

    @Flag(help: "Keep snapshots whose commit another tag names too.")
    var keepTagged = false

    @Option(help: "Only look at snapshots of this project.")
    var project: String?

    @Flag(name: [.customShort("n"), .long], help: "Only list what would go.")
    var dryRun = false

    @Flag(help: "Delete without asking, also where nothing of a project would stay.")
    var force = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard keepLast != nil || !keepBest.isEmpty || keepTagged else {
            throw ValidationError("Say what to keep: --keep-last, --keep-best or --keep-tagged.")
        }
        guard (keepLast ?? 0) >= 0 else { throw ValidationError("--keep-last is a number from 0 on.") }
    }

    func run() async throws {
        try await reportingFailures {
            let url = try await StoreArgument.resolve(url)
            let rules = RetentionRules(
                last: keepLast, best: try keepBest.map { try .init(parsing: $0) }, keepsTagged: keepTagged)
            _ = try await StoreOpening.here().open(url, dryRun ? .download : .upload)
            guard let history = try await MaintainedHistory.ifAny(of: url) else {
                throw CommandFailure(
                    kind: .input, message: "\(url) keeps no history of its own; delete the tags where it is kept")
            }
            let plan = try await RetentionPlan(rules, project: project, in: history)
            for (name, reason) in plan.unreadable { Terminal.error("modmeta: kept: \(name): \(reason)") }
            let rows = plan.members.map { member in
                PruneDocument.Row(
                    name: member.document.name, id: member.document.id.description, created: member.document.created,
                    isKept: member.isKept, reasons: member.reasons, isReachable: member.isReachable)
            }
            if !json { show(rows) }
            if !dryRun {
                if let first = plan.emptied.first, !force { try DeletionConsent.confirm(sentence(first), about: url) }
                try await plan.apply()
            }
            if json { return try JSONOutput.print(PruneDocument(dryRun: dryRun, snapshots: rows)) }
            conclude(rows, url)
        }
    }

    private func sentence(_ emptied: (project: String, count: Int)) -> String {
        let project = emptied.project.isEmpty ? "without a project" : "of the project \(QuotedName(emptied.project))"
        return "of the \(emptied.count) snapshots \(project) none would stay"
    }

    private func show(_ rows: [PruneDocument.Row]) {
        Table.print(
            header: ["", "name", "id", "created", "why"],
            rows: rows.map { row in
                [
                    row.isKept ? "keep" : "delete", row.name, row.id, row.created,
                    row.isKept
                        ? row.reasons.joined(separator: ", ")
                        : row.isReachable ? "weights stay: a branch or another tag leads to them" : "",
                ]
            }, rightAligned: [])
    }

    private func conclude(_ rows: [PruneDocument.Row], _ url: StoreURL) {
        let going = rows.filter { !$0.isKept }
        let freed = going.count { !$0.isReachable }
        guard !going.isEmpty else { return Terminal.print("nothing to delete") }
        Terminal.print(
            "\(going.count) snapshots \(dryRun ? "would be " : "")deleted, \(freed) of them reachable by nothing else")
        guard !dryRun else { return }
        Terminal.print("`\(command: "modmeta store gc \(url.description)")` removes what only they need.")
        Terminal.print("Clones still have the tags; delete them there, or a push --follow-tags brings them back:")
        Terminal.print("  \(command: "git tag -d \(paths: going.map { "snapshot/\($0.name)" })")")
    }
}

/// The JSON form of what is kept and what goes.
private struct PruneDocument: Encodable {
    struct Row: Encodable {
        var name: String
        var id: String
        var created: String
        var isKept: Bool
        var reasons: [String]
        /// Whether a branch or another tag leads to its commit, so that its weights stay.
        var isReachable: Bool
    }

    var dryRun: Bool
    var snapshots: [Row]
}
