internal import CLinux
internal import Glibc

/// A directory held by an open descriptor.
///
/// What is opened, made or removed here lies in it, whatever others rename or link meanwhile: symbolic links in paths are
/// never followed, and no path leads out.
package final class HeldDirectory: Sendable {
    /// The path the directory was opened by, for messages.
    package let name: String
    /// The descriptor.
    package let descriptor: CInt

    private init(owning descriptor: CInt, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Opens a directory by a path of the user's choice, whose links are followed.
    package convenience init(opening path: String) throws(SystemError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(to: "open the directory", path) }
        self.init(owning: descriptor, name: path)
    }

    deinit { close(descriptor) }

    /// A path that leads into this very directory, whatever has its name by now.
    ///
    /// It is for this process alone; children have other descriptors. Without `/proc` it is the name.
    package var path: String {
        let path = "\(HeldDirectory.prefix)\(descriptor)"
        return access(path, F_OK) == 0 ? path : name
    }

    private static let prefix = "/proc/self/fd/"

    /// A path as a person knows it: one that begins with `path` of a held directory is given its name.
    package static func shown(_ path: String) -> String {
        guard path.hasPrefix(prefix) else { return path }
        let rest = path.dropFirst(prefix.count)
        let number = rest.prefix { $0 != "/" }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = target.withUnsafeMutableBytes { buffer in
            buffer.bindMemory(to: CChar.self).baseAddress.map { readlink(prefix + number, $0, buffer.count) } ?? -1
        }
        guard count > 0 else { return path }
        return String(decoding: target[..<count], as: UTF8.self) + rest.dropFirst(number.count)
    }

    /// The status of the directory itself.
    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(to: "look at", name) }
        return FileStatus(status)
    }

    /// The status of what has a name here, without following a link; nil if nothing has it.
    package func status(of child: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard fstatat(descriptor, child, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .failed(to: "look at", "\(name)/\(child)")
        }
        return FileStatus(status)
    }

    /// Opens a directory below this one.
    ///
    /// - Parameters:
    ///   - path: relative, without links.
    ///   - mode: the permission bits of directories that are made where they are missing; nil to make none.
    /// - Throws: `.missing` if there is none; `.denied` if a link or something else is in the way.
    package func directory(_ path: String, making mode: UInt32? = nil) throws(SystemError) -> HeldDirectory {
        if mode == nil {
            let descriptor = beneath(path, O_RDONLY | O_DIRECTORY)
            guard descriptor >= 0 else { throw HeldDirectory.failure("\(name)/\(path)") }
            return HeldDirectory(owning: descriptor, name: "\(name)/\(path)")
        }
        var directory = self
        for part in path.split(separator: "/") { directory = try directory.child(String(part), making: mode) }
        return directory
    }

    private func child(_ part: String, making mode: UInt32?) throws(SystemError) -> HeldDirectory {
        if let mode { mkdirat(descriptor, part, mode_t(mode)) }
        let descriptor = beneath(part, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw HeldDirectory.failure("\(name)/\(part)") }
        return HeldDirectory(owning: descriptor, name: name == "/" ? "/\(part)" : "\(name)/\(part)")
    }

    /// Opens a regular file below this directory; see `RegularFile.open`.
    ///
    /// - Parameter path: relative, without links.
    /// - Returns: -1 if that fails, as open(2) does.
    package func open(_ path: String, _ flags: CInt, mode: UInt32 = 0o666) -> CInt {
        RegularFile.checked(beneath(path, (flags & ~O_TRUNC) | O_NONBLOCK | O_NOCTTY, mode: mode), flags)
    }

    /// Opens what a path leads to without links, and without leaving this directory.
    ///
    /// - Parameter isWalking: opens one part of the path after the other, as older kernels need it.
    func beneath(_ path: String, _ flags: CInt, mode: UInt32 = 0, isWalking: Bool = false) -> CInt {
        let flags = flags | O_CLOEXEC
        if !isWalking {
            let descriptor = modmeta_openat2(
                self.descriptor, path, UInt64(UInt32(bitPattern: flags | O_NOFOLLOW)),
                flags & O_CREAT == 0 ? 0 : UInt64(mode), modmeta_resolve_beneath)
            if descriptor >= 0 { return descriptor }
            // EAGAIN: something was renamed meanwhile, and the kernel cannot tell whether the path stayed inside.
            guard [ENOSYS, EPERM, EINVAL, EAGAIN].contains(errno) else { return -1 }
        }
        let parts = path.split(separator: "/").map(String.init)
        guard let last = parts.last, !path.hasPrefix("/"), !parts.contains("..") else {
            errno = EXDEV
            return -1
        }
        var held = self.descriptor
        for part in parts.dropLast() {
            let next = openat(held, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            let reason = errno
            if held != self.descriptor { close(held) }
            errno = reason
            guard next >= 0 else { return -1 }
            held = next
        }
        let opened = openat(held, last, flags | O_NOFOLLOW, mode_t(mode))
        let reason = errno
        if held != self.descriptor { close(held) }
        errno = reason
        return opened
    }

    private static func failure(_ path: String) -> SystemError {
        switch errno {
        case ELOOP, ENOTDIR, EXDEV:
            SystemError(
                .denied, to: "open the directory", path, "it is a symbolic link or no directory, and is not followed",
                advice: "take it away")
        default: SystemError.failed(to: "open the directory", path)
        }
    }

    /// The names in the directory in no particular order, without `.` and `..`.
    package func names() throws(SystemError) -> [String] {
        // A descriptor of its own, as each has one place in the listing.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let reason = errno
            if copy >= 0 { close(copy) }
            throw .failed(to: "list", name, errno: reason)
        }
        guard let names = DirectoryStream.names(consuming: stream) else { throw .failed(to: "list", name) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes what has a name here, a directory with all that is in it; what cannot be removed stays.
    package func remove(_ child: String) {
        if unlinkat(descriptor, child, 0) == 0 { return }
        guard errno == EISDIR || errno == EPERM, let directory = try? directory(child) else { return }
        directory.removeContent()
        unlinkat(descriptor, child, AT_REMOVEDIR)
    }

    /// Removes all that is in the directory.
    package func removeContent() { for name in (try? names()) ?? [] { remove(name) } }
}
