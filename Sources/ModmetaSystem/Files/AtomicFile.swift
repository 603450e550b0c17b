internal import CLinux
internal import Glibc
internal import Synchronization

/// A file that has its name only once it is complete: written under another, which goes with this object.
package final class AtomicFile: Sendable {
    /// The file under its passing name.
    package let file: File
    private let isNamed = Atomic(false)

    /// Creates an empty file in a directory.
    ///
    /// The process id in its name helps a person who looks; uniqueness comes from the random part.
    ///
    /// - Parameters:
    ///   - prefix: what the passing name begins with.
    ///   - mode: the permission bits, which the umask takes from.
    ///   - exactMode: the permission bits whatever the umask is, or nil.
    package init(
        in directory: String, prefix: String = "", mode: UInt32 = 0o666, exactMode: UInt32? = nil
    ) throws(SystemError) {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        file = try File(creating: "\(directory)/\(prefix)\(getpid())-\(random)", mode: mode)
        if let exactMode { try file.setMode(exactMode) }
    }

    deinit { if !isNamed.load(ordering: .relaxed) { _ = unlink(file.path) } }

    /// What an attempt to give the file its final name came to.
    package enum Naming { case named, taken, noDirectory }

    /// Gives the file its final name unless that is taken.
    package func name(_ path: String) throws(SystemError) -> Naming {
        if renameat2(AT_FDCWD, file.path, AT_FDCWD, path, modmeta_rename_noreplace) == 0 {
            isNamed.store(true, ordering: .relaxed)
            return .named
        }
        switch errno {
        case EEXIST: return .taken
        case ENOENT: return .noDirectory
        case EINVAL, ENOSYS: return try link(path)
        default: throw .failed(to: "create", path)
        }
    }

    /// The way for file systems that cannot rename without replacing, NFS among them.
    package func link(_ path: String) throws(SystemError) -> Naming {
        if Glibc.link(file.path, path) == 0 { return .named }
        let reason = errno
        switch reason {
        case EEXIST:
            // A server may repeat a link whose answer was lost, and then find its own.
            return try FileStatus(of: path)?.identity == file.status().identity ? .named : .taken
        case ENOENT: return .noDirectory
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK:
            throw SystemError(
                .unsupported, to: "create", path,
                "its file system has neither hard links nor renaming without replacing, so two writers could harm each other",
                advice: "keep it on another file system")
        default: throw .failed(to: "create", path, errno: reason)
        }
    }

    /// Gives the file its final name, in the place of what has it now.
    package func replace(_ path: String) throws(SystemError) {
        guard rename(file.path, path) == 0 else { throw .failed(to: "replace", path) }
        isNamed.store(true, ordering: .relaxed)
    }
}
