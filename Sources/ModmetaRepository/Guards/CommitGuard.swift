internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaSystem

/// What the pre-commit hook refuses: weights without a snapshot, and snapshots or settings that break their schema.
public struct CommitGuard: Sendable {
    let repository: SnapshotRepository

    /// Creates a guard.
    public init(repository: SnapshotRepository) { self.repository = repository }

    /// Looks at what is staged.
    ///
    /// - Throws: `RepositoryError` with `finding` and what to run; `SnapshotError` if a staged snapshot cannot be read.
    public func check() async throws {
        // Not `repository.git`: the index is the one git gave the hook.
        var git = repository.repository.git
        git.directory = repository.top
        // Before the first commit everything is new: the tree of nothing.
        let empty = try await git.run(["hash-object", "-t", "tree", "--stdin"]).lines[0]
        let base = try await repository.head() ?? String(empty)
        let listing = try await git.run([
            "diff-index", "--cached", "--no-renames", "--diff-filter=AM", "--name-only", "-z", base,
        ])
        let paths = listing.text.split(separator: "\0").map(String.init)
        guard !paths.isEmpty else { return }
        var covered: Set<ByteString> = []
        let documents = paths.filter { $0.hasPrefix("\(SnapshotDocument.directory)/") && $0.hasSuffix(".yaml") }
        for (path, bytes) in try await staged(documents, git) {
            let document = try SnapshotDocument(parsing: bytes, path: path)
            try checkConfigs(of: document)
            covered.formUnion(document.paths.map { ByteString($0) })
        }
        let attributes = try await git.run(
            ["check-attr", "-z", "--stdin", "filter"], input: Array(paths.map { "\($0)\0" }.joined().utf8))
        let fields = attributes.text.split(separator: "\0", omittingEmptySubsequences: false)
        let weights = paths.enumerated().filter { index, _ in
            fields.count > 3 * index + 2 && fields[3 * index + 2] == "lfs"
        }.map(\.element)
        let plain = paths.enumerated().filter { index, _ in
            fields.count > 3 * index + 2 && fields[3 * index + 2] == "unspecified"
        }.map(\.element)
        try await refuseLarge(plain, git)
        let open = weights.filter { !Self.isCovered($0, by: covered) }
        guard let first = open.first else { return }
        let slash = first.lastIndex(of: "/")
        let directory = slash.map { String(first[..<$0]) } ?? first
        throw RepositoryError(
            kind: .finding, message: "\(first) is weights, and the commit has no snapshot of them",
            hints: [
                "Run: \(command: "modmeta snapshot NAME \(path: directory)")",
                "It commits the directory itself. To commit without one all the same: git commit --no-verify",
            ])
    }

    /// The staged contents of files, all read by one git.
    private func staged(_ paths: [String], _ git: Git) async throws -> [(path: String, bytes: [UInt8])] {
        guard let odd = paths.first(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else {
            let found = try await repository.objects(paths.map { ":\($0)" }, by: git)
            return try zip(paths, found).map { path, object in
                guard let object else {
                    throw RepositoryError(
                        kind: .environment, message: "\(path) is staged, and git has no content of it",
                        hints: ["Run: git fsck"])
                }
                return (path, object.bytes)
            }
        }
        throw RepositoryError(
            kind: .input, message: "\(odd): the name of a snapshot's file has a line feed",
            hints: ["Give it another name."])
    }

    /// Whether a path is one of others, or below one.
    private static func isCovered(_ path: String, by covered: Set<ByteString>) -> Bool {
        covered.contains(".") || covered.contains(ByteString(path))
            || path.utf8.indices.contains { end in
                path.utf8[end] == UInt8(ascii: "/") && covered.contains(ByteString(path[..<end]))
            }
    }

    /// Refuses what would burden Git's own history for ever; what is excluded from git-lfs by hand is not among the paths.
    private func refuseLarge(_ paths: [String], _ git: Git) async throws {
        // The records of data are ours, and Git is to keep them.
        let paths = paths.filter { !$0.utf8.contains(UInt8(ascii: "\n")) && !$0.utf8.starts(with: ".modmeta/".utf8) }
        guard !paths.isEmpty else { return }
        let sizes = try await git.run(
            ["cat-file", "--batch-check=%(objectsize)"], input: Array(paths.map { ":\($0)\n" }.joined().utf8)
        ).lines.map { UInt64($0) }
        for (path, size) in zip(paths, sizes) {
            guard let size, SnapshotAttributes.belongsToLFS(.binary, size: size) else { continue }
            if !SnapshotAttributes.belongsToLFS(.text, size: size) {
                let bytes = try await git.run(["cat-file", "blob", ":\(path)"]).standardOutput
                if FileContent.isText(bytes) { continue }
            }
            throw RepositoryError(
                kind: .finding, message: "\(path) (\(formatted(bytes: size))) would stay in Git's own history for ever",
                hints: [
                    "Send it through git-lfs: \(command: "git lfs track --filename \(path: path)"), then add it again",
                    "To keep it in Git all the same: git commit --no-verify",
                ])
        }
    }

    private func checkConfigs(of document: SnapshotDocument) throws {
        let schema = try repository.schema()
        for member in document.value["context"]?["config"]?.members ?? [] {
            let check = schema.check(member.value, path: member.key)
            guard let finding = check.findings.first(where: { $0.severity == .error }) else { continue }
            throw RepositoryError(
                kind: .finding,
                message: "\(document.name): \(check.line(of: finding))",
                hints: [
                    "Mend the file and take the snapshot again; to see all of it: "
                        + "\(command: "modmeta check \(path: member.key)")"
                ])
        }
    }
}
