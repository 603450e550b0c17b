internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaSystem

/// The end of a command that could not do its work: what the user reads, and who can mend it.
struct CommandFailure: ModmetaError {
    /// The kinds of errors that commands find themselves.
    enum Kind {
        /// The work was done and found something wrong, as `store verify` does.
        case finding
        /// A file, an object or an argument is at fault.
        case input
        /// git, git-lfs, the disk or the configuration is at fault.
        case environment
    }

    let kind: ErrorKind
    var message: String
    /// What to do next, one sentence each.
    var hints: [String]

    init(kind: Kind, message: String, hints: [String] = []) {
        self.kind =
            switch kind {
            case .finding: .finding
            case .input: .input
            case .environment: .environment
            }
        self.message = message
        self.hints = hints
    }
}

extension AsyncParsableCommand {
    /// Runs the body of a verb and turns its errors into one clear sentence and an exit status.
    func reportingFailures(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            throw error
        } catch {
            Terminal.error("modmeta: \(error)")
            for hint in (error as? any ModmetaError)?.hints ?? [] { Terminal.error("  hint: \(hint)") }
            throw ExitCode(for: error)
        }
    }
}
