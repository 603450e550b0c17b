internal import Glibc
internal import ModmetaStore

/// Where modmeta keeps its state in a repository: `modmeta` beside git's own files, or `modmeta.<user>` where that is not
/// this user's.
///
/// What lies there is relied on as what git keeps beside it, and git asks who owns it (`safe.directory`). So each user has
/// a directory of their own, and none is used that is a link, or that others may write to.
enum StateDirectory {
    /// The path of this user's directory in a repository; it need not exist.
    static func path(in commonDirectory: String) -> String {
        let path = "\(commonDirectory)/modmeta"
        return isOwn(path) ? path : "\(path).\(geteuid())"
    }

    /// Whether nothing is at a path, or a directory that only this user writes to.
    static func isOwn(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid() && status.st_mode & S_IWOTH == 0
    }

    /// Makes the directory unless it is there.
    ///
    /// - Throws: `LFSAgentError` if it cannot be made, or is not this user's.
    static func make(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            throw LFSAgentError(.inputOutput, "the directory \(path) cannot be made: \(reason)")
        }
        guard isOwn(path) else {
            throw LFSAgentError(
                .inputOutput,
                "\(path) is a link, belongs to another user or can be written by others, so it is not used; remove it, as it "
                    + "is made again")
        }
    }
}
