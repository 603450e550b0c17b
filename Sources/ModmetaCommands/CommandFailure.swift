internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaSystem

/// The end of a command that could not do its work: what the user reads, and who can mend it.
struct CommandFailure: ModmetaError {
    let kind: ErrorKind
    var message: String
    /// What to do next, one sentence each.
    var hints: [String]

    init(kind: ErrorKind, message: String, hints: [String] = []) {
        self.kind = kind
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
