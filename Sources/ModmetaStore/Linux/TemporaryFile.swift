internal import CLinux
internal import Glibc
internal import ModmetaFormats

/// A file under a name of its own, which is deleted with its owner unless it was given its final name.
struct TemporaryFile: ~Copyable {
    let file: OpenFile
    private var isNamed = false

    /// Creates an empty file in a directory.
    ///
    /// The process id in its name helps a person who looks; uniqueness comes from the random part.
    ///
    /// - Parameters:
    ///   - mode: the permission bits, which the umask takes from.
    ///   - exactMode: the permission bits whatever the umask is, or nil.
    static func create(in directory: String, mode: UInt32, exactMode: UInt32?) throws -> TemporaryFile {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let temporary = TemporaryFile(file: try OpenFile.creating("\(directory)/\(getpid())-\(random)", mode: mode))
        if let exactMode { try temporary.file.setMode(exactMode) }
        return temporary
    }

    private init(file: consuming OpenFile) { self.file = file }

    deinit { if !isNamed { _ = unlink(file.path) } }

    /// What an attempt to give the file its final name came to.
    enum Naming { case named, taken, noDirectory }

    /// Gives the file its final name unless that is taken.
    mutating func name(_ path: String) throws -> Naming {
        if renameat2(AT_FDCWD, file.path, AT_FDCWD, path, modmeta_rename_noreplace) == 0 {
            isNamed = true
            return .named
        }
        switch errno {
        case EEXIST: return .taken
        case ENOENT: return .noDirectory
        case EINVAL, ENOSYS: return try link(path)
        default: throw StoreError.failed(to: "create", path)
        }
    }

    /// The way for file systems that cannot rename without replacing, NFS among them.
    func link(_ path: String) throws -> Naming {
        if Glibc.link(file.path, path) == 0 { return .named }
        let reason = errno
        switch reason {
        case EEXIST:
            // A server may repeat a link whose answer was lost, and then find its own.
            return try FileStatus(of: path)?.identity == file.status().identity ? .named : .taken
        case ENOENT: return .noDirectory
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK:
            throw StoreError(
                .unsupported,
                "the file system of \(path) has neither hard links nor renaming without replacing, "
                    + "so two writers could harm each other; keep the store on another file system")
        default: throw StoreError.failed(to: "create", path, errno: reason)
        }
    }

    /// Gives the file its final name, in the place of what has it now.
    mutating func replace(_ path: String) throws {
        guard rename(file.path, path) == 0 else { throw StoreError.failed(to: "replace", path) }
        isNamed = true
    }
}
