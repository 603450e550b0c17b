internal import Glibc
internal import ModmetaGit
internal import ModmetaSystem

/// A copy of the user's index, to which a snapshot's files are added, and which then takes the index's place.
///
/// The copy knows the times of the files that were added to it, so that no later git command hashes them again. It takes the
/// place of the index only if nobody has changed that meanwhile.
struct SnapshotStaging {
    private let repository: SnapshotRepository
    /// The user's index.
    private let target: String
    /// The copy.
    private let copy: String
    /// What the user's index was when it was copied; nil for none.
    private let original: FileIdentity?

    /// Copies the index.
    init(_ repository: SnapshotRepository) async throws {
        self.repository = repository
        target = try await SnapshotStaging.indexPath(of: repository)
        copy = "\(try repository.repository.makeStateDirectory())/snapshot.\(getpid()).index"
        original = FileIdentity(of: target)
        // git replaces an index and never writes into one, so a copy is of one moment.
        if original != nil { try WorkFile.copy(target, to: copy) }
    }

    /// Where git keeps the index of the work tree.
    static func indexPath(of repository: SnapshotRepository) async throws -> String {
        let lines = try await repository.git.run(["rev-parse", "--path-format=absolute", "--git-path", "index"]).lines
        return lines.first.map(String.init) ?? "\(repository.repository.gitDirectory)/index"
    }

    /// Adds files of the work tree, through their filters.
    ///
    /// - Parameter paths: pathspecs.
    func add(_ paths: [String]) async throws { _ = try await git.run(["add", "--force", "--sparse", "--"] + paths) }

    /// Removes entries, with what git remembers of their files.
    func remove(_ entries: [IndexEntry]) async throws {
        guard let first = entries.first else { return }
        let null = String(repeating: "0", count: first.object.utf8.count)
        try await set(entries.map { "0 \(null)\t\($0.path)" })
    }

    /// The entries of some paths, as `git ls-files` and `git update-index` write and read them.
    ///
    /// - Parameter paths: pathspecs.
    func entries(of paths: [String]) async throws -> [String] {
        try await SnapshotStaging.entries(of: paths, git)
    }

    /// Sets entries.
    func set(_ entries: [String]) async throws { try await SnapshotStaging.set(entries, git) }

    /// The tree of a commit in which some paths are what the entries say, and nothing else.
    func tree(on head: String?, replacing paths: [String], by entries: [String]) async throws -> String {
        let path = "\(copy).tree"
        defer { SnapshotStaging.remove(path) }
        let git = repository.git.with(["GIT_INDEX_FILE": path])
        var gone: [String] = []
        if let head {
            _ = try await git.run(["read-tree", head])
            gone = SnapshotStaging.removals(
                of: try await SnapshotStaging.entries(of: paths, git),
                null: String(repeating: "0", count: head.utf8.count))
        }
        try await SnapshotStaging.set(gone + entries, git)
        return String(try await git.run(["write-tree"]).lines[0])
    }

    /// Puts the copy in the place of the user's index, under git's own lock.
    ///
    /// - Returns: false, and nothing is changed, where the index is no longer what was copied.
    /// - Throws: `RepositoryError` where another process has the lock.
    func publish() throws -> Bool {
        let locks = SnapshotLocks(of: repository)
        guard !RepositoryPath.isLink(target) else {
            throw RepositoryError(kind: .environment, message: "\(target) is a symbolic link, which is not followed")
        }
        try locks.lockIndex(target)
        defer { locks.unlockIndex(target) }
        return FileIdentity(of: target) == original && rename(copy, target) == 0
    }

    /// Makes the copy have of some paths what a commit has; git knows no times of files that it had otherwise.
    ///
    /// - Returns: false where it has that already.
    func restore(_ paths: [String], of commit: String) async throws -> Bool {
        let paths = paths.contains(".") ? [] : paths
        let wanted = try await git.run(
            ["ls-tree", "-r", "-z", "--full-tree", "--format=%(objectmode) %(objectname) 0%x09%(path)", commit, "--"]
                + paths
        ).text.split(separator: "\0").map(String.init)
        let present = try await entries(of: paths.map { ":(literal)\($0)" })
        guard Set(present) != Set(wanted) else { return false }
        let null = String(repeating: "0", count: commit.utf8.count)
        try await set(SnapshotStaging.removals(of: present, null: null) + wanted)
        return true
    }

    /// Removes what is left of the copy.
    func remove() { SnapshotStaging.remove(copy) }

    private var git: Git { repository.git.with(["GIT_INDEX_FILE": copy]) }

    private static func entries(of paths: [String], _ git: Git) async throws -> [String] {
        try await git.run(["ls-files", "-s", "-z", "--"] + paths).text.split(separator: "\0").map(String.init)
    }

    /// What removes entries.
    private static func removals(of entries: [String], null: String) -> [String] {
        entries.compactMap { entry in entry.firstIndex(of: "\t").map { "0 \(null)\(entry[$0...])" } }
    }

    private static func set(_ entries: [String], _ git: Git) async throws {
        _ = try await git.run(
            ["update-index", "-z", "--index-info"], input: Array(entries.map { "\($0)\0" }.joined().utf8))
    }

    private static func remove(_ path: String) {
        unlink(path)
        unlink("\(path).lock")
    }
}
