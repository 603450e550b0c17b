internal import Glibc
internal import ModmetaGit

/// The lock files of git that a killed `modmeta snapshot` can leave behind, and how they are told from living ones.
///
/// Before the refs are moved, a note says which process moves which refs to what. A lock is ours and stale where the process
/// of a note is gone, and the lock holds what the note says or nothing, and has not changed for two seconds: git holds such
/// locks for milliseconds.
struct SnapshotLocks {
    let repository: Repository

    private static let prefix = "moving."

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
        guard let before = state(of: lock) else { return }
        guard let bytes = try? WorkFile.bytes(of: lock), bytes.isEmpty || bytes.elementsEqual("\(object)\n".utf8) else {
            return
        }
        // The git that made it may have outlived us.
        try? await Task.sleep(for: .seconds(2))
        guard state(of: lock) == before, unlink(lock) == 0 else { return }
        Terminal.error("modmeta: removed \(lock), which a snapshot that was killed left behind")
    }

    private func state(of path: String) -> [Int]? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return [
            Int(truncatingIfNeeded: status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, Int(status.st_size),
        ]
    }
}
