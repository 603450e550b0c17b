internal import ArgumentParser
internal import Glibc
internal import ModmetaGit
internal import ModmetaRepository

/// The end of a command that could not do its work: what the user reads, and the exit status.
struct CommandFailure: Error {
    /// Who can mend it; the raw value is the exit status.
    enum Kind: Int32 {
        /// The work was done and found something wrong, as `store verify` does.
        case finding = 1
        /// A file, an object or an argument is at fault.
        case input = 2
        /// git, git-lfs, the disk or the configuration is at fault.
        case environment = 3
    }

    var kind: Kind
    var message: String
    /// What to do next, one sentence each.
    var hints: [String] = []
}

extension CommandFailure {
    /// The end that an error of a repository means for a command.
    init(_ error: RepositoryError) {
        let kind: Kind =
            switch error.kind {
            case .finding: .finding
            case .input: .input
            case .environment: .environment
            }
        self.init(kind: kind, message: error.message, hints: error.hints)
    }
}

extension AsyncParsableCommand {
    /// Runs the body of a verb and turns its errors into one clear sentence and an exit status.
    func reportingFailures(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as CommandFailure {
            throw report(error)
        } catch let error as RepositoryError {
            throw report(CommandFailure(error))
        } catch let error as ExitCode {
            throw error
        } catch {
            Terminal.error("modmeta: \(error)")
            throw ExitCode(CommandFailure.Kind.input.rawValue)
        }
    }

    private func report(_ failure: CommandFailure) -> ExitCode {
        Terminal.error("modmeta: \(failure.message)")
        for hint in failure.hints { Terminal.error("  hint: \(hint)") }
        return ExitCode(failure.kind.rawValue)
    }
}
