internal import Glibc
package import ModmetaGit
package import ModmetaStore
internal import ModmetaSystem

/// Copies a store, its weights and its history, into another one.
package struct StoreReplication {
    /// What all rounds came to.
    package struct Outcome {
        package var report = CopyReport()
        package var hasCopiedHistory = false
    }

    /// How often a copy begins again because somebody pushed meanwhile.
    private static let roundLimit = 8

    private let source: StoreURL
    private let destination: StoreURL
    private let copier: StoreCopier
    private let history: MaintainedHistory?
    private let old: any ObjectStore
    private let new: any ObjectStore

    /// Opens both stores; the destination is made if it is absent.
    ///
    /// - Parameters:
    ///   - opening: opens them.
    ///   - copiesHistory: whether the Git history is copied too, if both stores keep one.
    ///   - width: how many objects are copied at the same time.
    package init(
        from source: StoreURL, to destination: StoreURL, with opening: StoreOpening, copiesHistory: Bool, width: Int
    ) async throws {
        (self.source, self.destination) = (source, destination)
        old = try await opening.open(source, .download).store
        let objectFormat = try await MaintainedHistory.objectFormat(of: source) ?? .sha1
        new = try await opening.open(destination, .upload, absence: .made(objectFormat)).store
        history =
            copiesHistory && Self.hasHistory(source) && Self.hasHistory(destination)
            ? try await MaintainedHistory.ifAny(of: source) : nil
        let scratch = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        copier = StoreCopier(
            from: old, to: new, width: width, scratch: scratch, parseManifest: StoreAudit.manifestParser)
    }

    /// Copies weights, then history, until no push came between.
    ///
    /// - Parameter round: makes one round of copying weights by calling what it is given, with what receives the progress.
    package func run(
        _ round: (_ copy: (@escaping @Sendable (StoreProgress) -> Void) async throws -> CopyReport) async throws
            -> CopyReport
    ) async throws -> Outcome {
        var outcome = Outcome()
        for number in 1... {
            let mark = try await history?.mark()
            let copied = try await round { progress in
                try await copier.copy(live: history ?? ListedObjects([]), progress: progress)
            }
            outcome.report.add(copied)
            // No ref of the copy is to lead to weights that it does not have.
            guard let history, copied.failures.isEmpty else { break }
            try await MaintainedHistory.copy(from: source, to: destination)
            outcome.hasCopiedHistory = true
            // What was pushed meanwhile may have its refs in the copy, and not its weights.
            if try await history.mark() == mark { break }
            guard number < Self.roundLimit else {
                throw RepositoryError(
                    kind: .environment,
                    message: "pushes to \(source) keep coming, so the copy may lack weights of the latest",
                    hints: ["Run the command again."])
            }
        }
        if try await old.format().hasHistoryElsewhere { try await new.noteHistoryElsewhere() }
        return outcome
    }

    /// Whether a store of this kind keeps its own Git history.
    private static func hasHistory(_ url: StoreURL) -> Bool { if case .server = url.location { false } else { true } }
}
