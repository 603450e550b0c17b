internal import Glibc
internal import ModmetaGit
internal import ModmetaSystem

/// The lock files of git that a killed `modmeta snapshot` can leave behind, and how they are told from living ones.
///
/// Before the refs are moved, a note says which process moves which refs to what. A lock is ours and stale where the process
/// of a note is gone, and the lock holds what the note says or nothing, and has not changed for two seconds: git holds such
/// locks for milliseconds.
struct SnapshotLocks {
    private let repository: Repository
    private let notify: RepositoryNotice.Handler

    init(of repository: SnapshotRepository) {
        self.repository = repository.repository
        notify = repository.notify
    }

    private static let prefix = "moving."
    private static let indexPrefix = "indexing."

    /// Notes that this process is about to move refs, each given with the object it will name.
    func begin(_ refs: [(name: String, object: String)]) throws {
        let text = refs.map { "\($0.name) \($0.object)\n" }.joined()
        try WorkFile.write(text, to: "\(try repository.makeStateDirectory())/\(Self.prefix)\(getpid())")
    }

    /// Takes the note away: the refs are moved, or git took its locks back.
    func end() { unlink("\(repository.stateDirectory)/\(Self.prefix)\(getpid())") }

    /// Removes what processes that were killed left: lock files of git that are provably ours, and private indexes.
    func clear() async {
        for name in WorkFile.names(in: repository.stateDirectory) {
            if name.hasPrefix(Self.prefix), let pid = pid_t(name.dropFirst(Self.prefix.count)), isGone(pid) {
                let note = "\(repository.stateDirectory)/\(name)"
                await clearLocks(of: note)
                unlink(note)
            }
            if name.hasPrefix(Self.indexPrefix), let pid = pid_t(name.dropFirst(Self.indexPrefix.count)), isGone(pid) {
                clearIndexLock(of: "\(repository.stateDirectory)/\(name)")
            }
            if name.hasSuffix(".tmp"), let pid = name.split(separator: ".").dropLast().last.flatMap({ pid_t($0) }),
                isGone(pid)
            {
                unlink("\(repository.stateDirectory)/\(name)")
            }
            if name.hasPrefix("snapshot."), name.contains(".index"),
                let pid = pid_t(name.split(separator: ".")[1]), isGone(pid)
            {
                unlink("\(repository.stateDirectory)/\(name)")
            }
        }
    }

    private func isGone(_ pid: pid_t) -> Bool { pid != getpid() && kill(pid, 0) != 0 && errno == ESRCH }

    private func clearLocks(of note: String) async {
        guard let bytes = try? WorkFile.bytes(of: note) else { return }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        for line in lines {
            let fields = line.split(separator: " ")
            guard fields.count == 2 else { continue }
            let name = String(fields[0])
            let directory = name == "HEAD" ? repository.gitDirectory : repository.commonDirectory
            await clear("\(directory)/\(name).lock", holding: String(fields[1]))
        }
    }

    private func clear(_ lock: String, holding object: String) async {
        guard let before = FileIdentity(of: lock) else { return }
        guard let bytes = try? WorkFile.bytes(of: lock), bytes.isEmpty || bytes.elementsEqual("\(object)\n".utf8) else {
            return
        }
        // The git that made it may have outlived us.
        try? await Task.sleep(for: .seconds(2))
        guard FileIdentity(of: lock) == before, unlink(lock) == 0 else { return }
        notify(RepositoryNotice(.warning, "removed \(lock), which a snapshot that was killed left behind"))
    }

}

extension SnapshotLocks {
    /// Takes git's lock of an index, as a link to a file that has our name.
    ///
    /// - Throws: `RepositoryError` where it is taken.
    func lockIndex(_ index: String) throws {
        let own = "\(try repository.makeStateDirectory())/\(Self.indexPrefix)\(getpid())"
        try WorkFile.write("modmeta snapshot \(getpid())\n", to: own)
        if link(own, "\(index).lock") == 0 { return }
        let reason = errno
        unlink(own)
        guard reason != EEXIST else { throw Self.taken(index) }
        // A file system without links: what is left behind there is not known to be ours.
        let descriptor = open("\(index).lock", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.taken(index) }
        close(descriptor)
    }

    /// Refuses to begin where git's index is locked: the snapshot could not be shown in it.
    func checkIndex() throws {
        let index = "\(repository.gitDirectory)/index"
        if WorkFile.exists("\(index).lock") { throw Self.taken(index) }
    }

    private static func taken(_ index: String) -> RepositoryError {
        RepositoryError(
            kind: .environment,
            message: "\(index).lock is there: another git command is at work, or one was killed and left it",
            hints: ["Wait until no git command is at work; if it is there still, remove it."])
    }

    /// Gives the lock of an index back.
    func unlockIndex(_ index: String) {
        unlink("\(index).lock")
        unlink("\(repository.stateDirectory)/\(Self.indexPrefix)\(getpid())")
    }

    /// Removes the lock of an index that a killed process took: it is a link to the file that has its name.
    private func clearIndexLock(of own: String) {
        guard let identity = FileIdentity(of: own) else { return }
        let lock = "\(repository.gitDirectory)/index.lock"
        if FileIdentity(of: lock) == identity, unlink(lock) == 0 {
            notify(RepositoryNotice(.warning, "removed \(lock), which a snapshot that was killed left behind"))
        }
        unlink(own)
    }
}
