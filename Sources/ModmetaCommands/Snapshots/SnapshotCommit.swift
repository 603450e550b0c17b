internal import Glibc
internal import ModmetaGit
internal import ModmetaSnapshots

/// Makes a snapshot's commit and tag: both, or nothing.
///
/// Everything is prepared beside what the user sees, in an index of its own; one transaction then moves the branch and
/// makes the tag. A process that dies before it leaves objects that nobody names.
struct SnapshotCommit {
    let repository: SnapshotRepository
    let document: SnapshotDocument
    /// The records of the data, committed beside the document.
    var records: [DatasetManifest] = []

    /// Files of ours that the snapshot needs to be read elsewhere.
    private static let companions = [".gitattributes", ProjectConfig.path]

    /// The command that fetches exactly the snapshot's weights.
    var fetchLine: String {
        "git lfs fetch origin snapshot/\(document.name) -I \(document.paths.map(includePattern).joined(separator: ","))"
    }

    private func includePattern(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { $0 > 0x20 && !"'\"\\$`*?[]&;|<>()#!".utf8.contains($0) }
        return path == "." ? "'*'" : isPlain ? path : "'\(path)'"
    }

    /// Makes the commit and the tag on top of a commit, and returns the new one.
    ///
    /// - Parameters:
    ///   - weightFiles: paths of files with tensors, relative to the top, which must go through git-lfs.
    ///   - checkUnchanged: throws where the files are not what was hashed; called after they were added.
    func make(on head: String?, weightFiles: [String], checkUnchanged: () async throws -> Void) async throws -> String {
        try await checkFilters(weightFiles)
        let index = "\(try repository.repository.makeStateDirectory())/snapshot.\(getpid()).index"
        defer {
            unlink(index)
            unlink("\(index).lock")
        }
        let git = repository.git.with(["GIT_INDEX_FILE": index])
        if let head { _ = try await git.run(["read-tree", head]) }
        let companions = Self.companions.filter { WorkFile.exists("\(repository.top)/\($0)") }
        _ = try await git.run(["add", "--force", "--"] + document.paths.map { ":(literal)\($0)" } + companions)
        try await checkUnchanged()
        let blob = try await git.run(["hash-object", "-w", "--stdin"], input: Array(document.yaml.utf8)).lines[0]
        _ = try await git.run([
            "update-index", "--add", "--cacheinfo", "100644,\(blob),\(SnapshotDocument.path(of: document.name))",
        ])
        for manifest in records {
            let blob = try await git.run(["hash-object", "-w", "--stdin"], input: manifest.serialized).lines[0]
            _ = try await git.run(["update-index", "--add", "--cacheinfo", "100644,\(blob),\(manifest.path)"])
        }
        let tree = try await git.run(["write-tree"]).lines[0]
        let commit = try await git.run(
            ["commit-tree", String(tree)] + (head.map { ["-p", $0] } ?? []), input: Array(message.utf8)
        ).lines[0]
        try await move(from: head, to: String(commit), tag: makeTag(String(commit)))
        return String(commit)
    }

    /// Finishes what an interrupted run left: the tag is there and the branch is not moved, or the other way round.
    func finish(commit: String, isTagged: Bool, head: String?) async throws {
        if !isTagged {
            let tag = try await makeTag(commit)
            _ = try await repository.git.run(["update-ref", SnapshotRepository.tagPrefix + document.name, tag, ""])
        } else if let head, let parent = try? await repository.git.run(["rev-parse", "--verify", "\(commit)^"]),
            parent.lines.first.map(String.init) == head
        {
            _ = try await repository.git.run(["update-ref", "-m", reflog, "HEAD", commit, head])
        }
    }

    /// Makes the work tree and the index agree with the commit; what fails here harms nothing and is said.
    func refresh(commit: String) async {
        do {
            try WorkFile.write(document.yaml, to: "\(repository.top)/\(SnapshotDocument.path(of: document.name))")
            for manifest in records where !WorkFile.exists("\(repository.top)/\(manifest.path)") {
                try WorkFile.write(manifest.serialized, to: "\(repository.top)/\(manifest.path)")
            }
            let paths = document.paths + records.map(\.path) + [SnapshotDocument.path(of: document.name)]
            let entries = try await repository.git.run(
                ["ls-tree", "-r", "-z", "--full-tree", commit, "--"] + paths.filter { $0 != "." } + Self.companions)
            let whole = document.paths.contains(".")
            let input =
                whole
                ? try await repository.git.run(["ls-tree", "-r", "-z", "--full-tree", commit]).standardOutput
                : entries.standardOutput
            _ = try await repository.git.run(["update-index", "-z", "--index-info"], input: input)
        } catch {
            Terminal.error("modmeta: the snapshot is made, but git's index is not up to date: \(error)")
            Terminal.error("  hint: run `git reset` when no other git command is at work.")
        }
    }

    private var message: String {
        "\(document.value["message"]?.text ?? "Snapshot \(document.name)")\n\n\(document.summary)\n"
    }

    private var reflog: String { "modmeta snapshot: \(document.name)" }

    private func makeTag(_ commit: String) async throws -> String {
        if repository.repository.configuration.isTrue("tag.gpgsign") {
            Terminal.error("modmeta: note: tag.gpgSign is set, and modmeta does not sign; to sign the tag afterwards:")
            Terminal.error("  git tag -f -s snapshot/\(document.name) 'snapshot/\(document.name)^{}'")
        }
        let tagger = try await repository.git.run(["var", "GIT_COMMITTER_IDENT"]).lines[0]
        let text = """
            object \(commit)
            type commit
            tag snapshot/\(document.name)
            tagger \(tagger)

            \(document.summary)

            \(fetchLine)

            """
        return String(try await repository.git.run(["mktag"], input: Array(text.utf8)).lines[0])
    }

    private func move(from head: String?, to commit: String, tag: String) async throws {
        // No old value in `create`, the null name in `update`: neither may exist yet.
        let old = head ?? String(repeating: "0", count: commit.utf8.count)
        let transaction = """
            start
            update HEAD \(commit) \(old)
            create \(SnapshotRepository.tagPrefix)\(document.name) \(tag)
            prepare
            commit

            """
        let locks = SnapshotLocks(repository: repository.repository)
        let branch = try await repository.git.output(["symbolic-ref", "--quiet", "HEAD"]).lines.first.map(String.init)
        try locks.begin(
            [("HEAD", commit), ("\(SnapshotRepository.tagPrefix)\(document.name)", tag)]
                + (branch.map { [($0, commit)] } ?? []))
        defer { locks.end() }
        _ = try await repository.git.run(
            ["update-ref", "--create-reflog", "-m", reflog, "--stdin"], input: Array(transaction.utf8))
    }

    /// Refuses weights that would go into Git itself.
    private func checkFilters(_ files: [String]) async throws {
        let output = try await repository.git.run(
            ["check-attr", "-z", "--stdin", "filter"], input: Array(files.map { "\($0)\0" }.joined().utf8))
        let fields = output.text.split(separator: "\0", omittingEmptySubsequences: false)
        for (index, path) in files.enumerated() where fields.count > 3 * index + 2 && fields[3 * index + 2] != "lfs" {
            throw CommandFailure(
                kind: .input, message: "\(path) holds weights, and .gitattributes does not send it through git-lfs",
                hints: ["`modmeta init` writes the lines, or: git lfs track '\(path)'"])
        }
    }
}
