internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore
internal import Synchronization

/// `modmeta store verify`: finds all that keeps a reader of a store from what its refs lead to.
struct StoreVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check all that readers of a store need, and name what is damaged and what that harms.",
        discussion: """
            Refs, Git objects and packs are checked, every object of modmeta's is read, and every LFS pointer that a ref \
            leads to must be one the store can rebuild. Exit status 1 means that something is wrong. What has lost its \
            weights comes back by git lfs push --all <remote> from a repository that has them, or by modmeta store repair.
            """)

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String

    @Flag(help: "Look at sizes alone where everything else is read: payloads, whole objects, Git objects.")
    var quick = false

    @Option(
        name: .customLong("refs-of"),
        help: "Check the LFS pointers of this repository too; for repositories whose history is not in the store.")
    var repositories: [String] = []

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Delete damaged payloads, objects, manifests and sketches, so that a push sends them again.")
    var removeDamaged = false

    func validate() throws {
        guard !quick || !removeDamaged else {
            throw ValidationError("--remove-damaged deletes what was read and found damaged; leave out --quick.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let opening = try await StoreOpening.here()
            let url = try StoreURL(url)
            let store = try await opening.open(url, removeDamaged ? .upload : .download).store
            let report = try await Meter.run(
                quick ? "looked at" : "verified", counting: opening.traffic, concludes: true
            ) { meter in
                try await StoreAudit(auditing: store).verify(isQuick: quick) { meter.reached($0) }
            }
            let histories = try await Meter.run("pointers checked", counting: opening.traffic) { meter in
                try await lookAtHistory(url, store, report.contents, meter)
            }
            if json {
                try JSONOutput.print(VerificationDocument(report, histories))
            } else {
                VerificationText(url: url, report: report, histories: histories).show()
            }
            if removeDamaged {
                for finding in report.findings where finding.isRemovable { try await store.delete(finding.key) }
            }
            guard report.isClean, histories.allSatisfy(\.isClean) else {
                throw ExitCode.finding
            }
        }
    }

    private func lookAtHistory(
        _ url: StoreURL, _ store: any ObjectStore, _ contents: StoreContents, _ meter: Meter
    ) async throws -> [HistoryReport] {
        let isServer = if case .server = url.location { true } else { false }
        let count = PointerCount()
        let audit = StoreHistoryAudit(isQuick: quick) { object, size in
            let done = count.value.add(1, ordering: .relaxed).newValue
            meter.reached("pointers checked", objects: done, of: 0)
            let verdict = contents.verdict(on: object, size: size)
            // A server lists nothing that no manifest names.
            guard verdict == .missing, isServer, try await store.has(.object(object), size: size) else {
                return verdict
            }
            return .given
        }
        var histories = [try await audit.run(on: url)]
        for path in repositories { histories.append(try await audit.run(onRepositoryAt: path)) }
        return histories
    }
}

/// How many pointers were judged.
private final class PointerCount: Sendable {
    let value = Atomic(0)
}
