internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaSystem

/// Makes a snapshot's commit and tag: both, or nothing.
///
/// Everything is prepared beside what the user sees, in an index of its own; one transaction then moves the branch and
/// makes the tag. A process that dies before it leaves objects that nobody names.
struct SnapshotCommit {
    let repository: SnapshotRepository
    let document: SnapshotDocument
    /// The records of the data, committed beside the document.
    var records: [DatasetManifest] = []

    /// Files that the snapshot needs to be read elsewhere: ours, and those that say what git-lfs keeps.
    private var companions: [String] {
        var directories: Set<String> = [""]
        for path in document.paths where path != "." {
            var directory = ""
            for part in path.split(separator: "/").dropLast() {
                directory += "\(part)/"
                directories.insert(directory)
            }
        }
        return (directories.sorted().map { "\($0).gitattributes" } + [ProjectConfig.path])
            .filter { WorkFile.exists("\(repository.top)/\($0)") }
    }

    /// The command that fetches exactly the snapshot's weights.
    var fetchCommand: ShellCommand {
        LFSFetchCommand.command(revision: "snapshot/\(document.name)", paths: document.paths)
    }

    /// Makes the commit and the tag on top of a commit, and returns the new one.
    ///
    /// - Parameters:
    ///   - files: the checkpoint's files, by their paths below the top.
    ///   - weightFiles: paths of files with tensors, relative to the top, which must go through git-lfs.
    ///   - checkUnchanged: throws where the files are not what was hashed; called after they were added.
    func make(
        on head: String?, files: [String], weightFiles: [String], checkUnchanged: () async throws -> Void
    ) async throws -> String {
        try await checkFilters(weightFiles)
        let staging = try await SnapshotStaging(repository)
        defer { staging.remove() }
        let paths = document.paths.map { ":(literal)\($0)" } + companions.map { ":(literal)\($0)" }
        try await HashedFiles(files, in: repository).stage(document.paths, and: companions, to: staging)
        try await checkUnchanged()
        let own = try await ownEntries()
        let tree = try await staging.tree(
            on: head, replacing: paths, by: try await staging.entries(of: paths) + own)
        let commit = try await repository.git.run(
            ["commit-tree", tree] + (head.map { ["-p", $0] } ?? []), input: Array(message.utf8)
        ).lines[0]
        // Not the others: that would take their times away.
        try await staging.set(own)
        try await move(from: head, to: String(commit), tag: makeTag(String(commit)))
        await refresh(commit: String(commit), from: staging)
        return String(commit)
    }

    /// Makes Git objects of the document and the records, and returns their entries of an index.
    private func ownEntries() async throws -> [String] {
        var entries: [String] = []
        let files =
            [(SnapshotDocument.path(of: document.name), Array(document.yaml.utf8))]
            + records.map { ($0.path, $0.serialized) }
        for (path, bytes) in files {
            let blob = try await repository.git.run(["hash-object", "-w", "--stdin"], input: bytes).lines[0]
            entries.append("100644 \(blob) 0\t\(path)")
        }
        return entries
    }

    /// Finishes what an interrupted run left: the tag is there and the branch is not moved, or the other way round.
    func finish(commit: String, isTagged: Bool, head: String?) async throws {
        if !isTagged {
            let tag = try await makeTag(commit)
            _ = try await repository.git.run(["update-ref", SnapshotRepository.tagPrefix + document.name, tag, ""])
        } else {
            let parent = try await repository.git.output(["rev-parse", "--verify", "--quiet", "\(commit)^"])
            guard parent.lines.first.map(String.init) == head else { return }
            _ = try await repository.git.run(
                ["update-ref", "-m", reflog, "HEAD", commit, head ?? String(repeating: "0", count: commit.utf8.count)])
        }
    }

    /// Makes the work tree and the index agree with the commit; what fails here harms nothing and is said.
    ///
    /// No git command is let write the index: killed, it would leave its lock behind.
    /// - Parameter staging: an index that has the snapshot's files; without one, or where the index was changed meanwhile,
    ///   entries are set for which git hashes the files once more.
    func refresh(commit: String, from staging: SnapshotStaging? = nil) async {
        do {
            try WorkFile.write(document.yaml, to: "\(repository.top)/\(SnapshotDocument.path(of: document.name))")
            for manifest in records where !WorkFile.exists("\(repository.top)/\(manifest.path)") {
                try WorkFile.write(manifest.serialized, to: "\(repository.top)/\(manifest.path)")
            }
            if let staging, try staging.publish() { return }
            let own = records.map(\.path) + [SnapshotDocument.path(of: document.name)] + companions
            for _ in 0..<5 {
                let staging = try await SnapshotStaging(repository)
                defer { staging.remove() }
                guard try await staging.restore(document.paths + own, of: commit), try !staging.publish() else {
                    return
                }
            }
            throw RepositoryError(kind: .environment, message: "other git commands change it all the time")
        } catch {
            repository.notify(
                RepositoryNotice(
                    .warning, "the snapshot is made, but git's index is not up to date: \(error)",
                    hints: ["When no other git command is at work, run the command again."]))
        }
    }

    private var message: String {
        // What git shows of a commit is as raw as it is written.
        let lines = [document.value["message"]?.text ?? "Snapshot \(document.name)", "", document.summary]
        return lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { "\(TerminalText.line($0))\n" }.joined()
    }

    private var reflog: String { "modmeta snapshot: \(document.name)" }

    private func makeTag(_ commit: String) async throws -> String {
        if repository.repository.configuration.isTrue("tag.gpgsign") {
            let name = "snapshot/\(document.name)"
            repository.notify(
                RepositoryNotice(
                    .note, "tag.gpgSign is set, and modmeta does not sign",
                    hints: ["To sign the tag afterwards: \(command: "git tag -f -s \(name) \("\(name)^{}")")"]))
        }
        let tagger = try await repository.git.run(["var", "GIT_COMMITTER_IDENT"]).lines[0]
        let text = """
            object \(commit)
            type commit
            tag snapshot/\(document.name)
            tagger \(tagger)

            \(TerminalText.line(document.summary))

            \(fetchCommand)

            """
        return String(try await repository.git.run(["mktag"], input: Array(text.utf8)).lines[0])
    }

    private func move(from head: String?, to commit: String, tag: String) async throws {
        // No old value in `create`, the null name in `update`: neither may exist yet. git renames its locks in this order, so
        // that a process which dies between them leaves a snapshot to which only the branch has not moved.
        let old = head ?? String(repeating: "0", count: commit.utf8.count)
        let transaction = """
            start
            create \(SnapshotRepository.tagPrefix)\(document.name) \(tag)
            update HEAD \(commit) \(old)
            prepare
            commit

            """
        let locks = SnapshotLocks(of: repository)
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
            throw RepositoryError(
                kind: .input, message: "\(path) holds weights, and .gitattributes does not send it through git-lfs",
                hints: ["`modmeta init` writes the lines, or: \(command: "git lfs track --filename -- \(path)")"])
        }
    }
}
