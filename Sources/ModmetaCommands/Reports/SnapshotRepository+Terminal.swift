internal import ModmetaGit
internal import ModmetaRepository

extension SnapshotRepository {
    /// Finds the repository of the current directory; what it notices is shown.
    static func here() async throws -> SnapshotRepository { try await discover { $0.show() } }
}

extension RepositoryNotice {
    /// Writes the notice to standard error.
    func show() {
        switch kind {
        case .note: Terminal.error("modmeta: note: \(message)")
        case .warning: Terminal.error("modmeta: \(message)")
        case .diagnostic: Terminal.error(message)
        }
        for hint in hints { Terminal.error("  hint: \(hint)") }
    }
}
