internal import CLinux
internal import Glibc

extension HeldDirectory {
    /// Gives a file a name in this directory unless the name is taken.
    ///
    /// - Parameter file: the file's path, in a directory that nobody else writes to. From another file system it is copied.
    package func take(_ file: String, as child: String) throws(SystemError) -> AtomicFile.Naming {
        if renameat2(AT_FDCWD, file, descriptor, child, modmeta_rename_noreplace) == 0 { return .named }
        switch errno {
        case EEXIST: return .taken
        case ENOENT: return .noDirectory
        case EXDEV: return try copy(file, as: child)
        case EINVAL, ENOSYS: return try link(file, as: child)
        default: throw .failed(to: "create", "\(name)/\(child)")
        }
    }

    /// The way for file systems that cannot rename without replacing.
    private func link(_ file: String, as child: String) throws(SystemError) -> AtomicFile.Naming {
        if linkat(AT_FDCWD, file, descriptor, child, 0) == 0 {
            unlink(file)
            return .named
        }
        let reason = errno
        if reason == EEXIST { return .taken }
        // Without links either, a name that appears between the two calls is replaced.
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(reason) else {
            throw .failed(to: "create", "\(name)/\(child)", errno: reason)
        }
        guard try status(of: child) == nil else { return .taken }
        guard renameat(AT_FDCWD, file, descriptor, child) == 0 else {
            throw .failed(to: "create", "\(name)/\(child)")
        }
        return .named
    }

    /// The way over the border of a file system: a copy under a fresh name, which then is renamed.
    private func copy(_ file: String, as child: String) throws(SystemError) -> AtomicFile.Naming {
        let source = try File(reading: file, followsLinks: false)
        let status = try source.status()
        let temporary = try AtomicFile(in: path, mode: status.mode)
        try temporary.file.append(contentsOf: source, size: status.size)
        try temporary.file.sync()
        let outcome = try temporary.name("\(path)/\(child)")
        if outcome == .named { unlink(file) }
        return outcome
    }
}
