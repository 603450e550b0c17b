internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaSystem

extension SnapshotMaker {
    /// Refuses before hours of hashing what git would refuse after them.
    func checkIdentity() async throws {
        for variable in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            guard try await repository.git.output(["var", variable]).status != 0 else { continue }
            throw RepositoryError(
                kind: .environment, message: "git does not know your name and address, which a snapshot's commit needs",
                hints: [
                    "Run: git config --global user.name 'Your Name'",
                    "Run: git config --global user.email you@example.com",
                ])
        }
    }

    /// Refuses configuration files that the schema does; what else it finds is a notice.
    func checkConfigs() throws {
        guard options.isChecked, !options.configs.isEmpty else { return }
        let schema = try repository.schema()
        let checks = try options.configs.map { try schema.check(fileAt: $0) }
        for check in checks {
            for finding in check.findings { repository.notify(RepositoryNotice(.diagnostic, check.line(of: finding))) }
        }
        if let refused = checks.first(where: { !$0.isAcceptable }) {
            throw RepositoryError(
                kind: .input, message: "\(refused.path) is not as the schema says, so no snapshot is made of it",
                hints: ["Mend it, or say in \(HyperparameterSchema.path) what is right, or give --no-check."])
        }
    }
}
