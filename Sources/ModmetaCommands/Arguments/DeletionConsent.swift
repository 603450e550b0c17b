internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore
internal import ModmetaSystem

/// Whether what a collection is about to delete was agreed to.
struct DeletionConsent {
    /// Whether everything is, by `--force`.
    let isForced: Bool
    /// What somebody at the terminal agreed to.
    private var agreed: PlannedDeletion?

    /// Somebody must be asked first.
    struct Question: Error {
        var planned: PlannedDeletion
    }

    init(isForced: Bool) { self.isForced = isForced }

    /// Passes what needs no word, or has it.
    ///
    /// - Throws: `Question`.
    func check(_ planned: PlannedDeletion) throws {
        guard planned.isRemarkable, !isForced else { return }
        if let agreed, planned.going.count <= agreed.going.count, planned.going.bytes <= agreed.going.bytes { return }
        throw Question(planned: planned)
    }

    /// Asks at the terminal.
    ///
    /// - Throws: `CommandFailure` if nobody is there, or the answer is no.
    mutating func ask(_ question: Question, about url: StoreURL) throws {
        let planned = question.planned
        let what = DeletionConsent.sentence(planned)
        try DeletionConsent.confirm(what, about: url)
        agreed = planned
    }

    /// Asks at the terminal whether a deletion is meant.
    ///
    /// - Throws: `CommandFailure` if nobody is there, or the answer is no.
    static func confirm(_ what: String, about url: StoreURL) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw CommandFailure(
                kind: .input, message: "nothing was deleted from \(url): \(what), which needs somebody's word",
                hints: [
                    "See what would go with --dry-run; then give the command at a terminal, or with --force."
                ])
        }
        Terminal.ask("\(what). Delete that for good from \(url)? [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            throw CommandFailure(kind: .input, message: "nothing was deleted")
        }
    }

    /// What is remarkable about a deletion.
    static func sentence(_ planned: PlannedDeletion) -> String {
        "\(planned.going.count) of \(planned.stored.count) stored objects "
            + "(\(formatted(bytes: planned.going.bytes)) of \(formatted(bytes: planned.stored.bytes))) "
            + (planned.isFirst ? "are to go, the first ever to go from this store" : "are to go, more than half")
    }
}
