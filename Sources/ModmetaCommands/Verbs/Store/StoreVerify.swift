internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore

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
            let verification = StoreVerification(of: store, at: url, isQuick: quick)
            let report = try await Meter.run(
                quick ? "looked at" : "verified", counting: opening.traffic, concludes: true
            ) { meter in
                try await verification.objects { meter.reached($0) }
            }
            let histories = try await Meter.run("pointers checked", counting: opening.traffic) { meter in
                try await verification.histories(given: report.contents, andOf: repositories) { count in
                    meter.reached("pointers checked", objects: count, of: 0)
                }
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
}
