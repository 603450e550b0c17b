internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaSystem

/// The schema of the repository one is in, and how its findings are shown.
enum ConfigChecking {
    /// The schema of a path, else that of the repository, else the built-in one.
    static func schema(at path: String?) async throws -> HyperparameterSchema {
        if let path {
            guard WorkFile.exists(path) else {
                throw CommandFailure(kind: .input, message: "there is no schema at \(path)")
            }
            return try .load(path: path)
        }
        guard let repository = try? await SnapshotRepository.here() else { return try .builtIn() }
        return try repository.schema()
    }

    /// Shows what was found in one file: findings on standard output, one line each.
    static func print(_ check: ConfigCheck, isQuiet: Bool) {
        for finding in check.findings { Terminal.print(check.line(of: finding)) }
        guard !isQuiet, check.isAcceptable else { return }
        let what = check.method.map { "\($0.rawValue), \(check.settings.members?.count ?? 0) settings" }
        Terminal.print("\(check.path): \(what ?? "no training configuration (\(check.kind.rawValue))"): sound")
    }

    /// The JSON form of what was found in one file.
    static func document(_ check: ConfigCheck) -> DocumentValue {
        [
            "path": .string(check.path), "kind": .string(check.kind.rawValue),
            "method": check.method.map { .string($0.rawValue) } ?? .null, "settings": check.settings,
            "acceptable": .bool(check.isAcceptable),
            "findings": .array(
                check.findings.map { finding in
                    [
                        "severity": .string(finding.severity.rawValue), "key": .string(finding.key),
                        "line": finding.line.map { .integer(Int64($0)) } ?? .null,
                        "message": .string(finding.message),
                        "suggestion": finding.suggestion.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}
