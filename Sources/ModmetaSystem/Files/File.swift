internal import CLinux
internal import Glibc
internal import Synchronization

/// A regular file, open at any offset, and closed with this object.
package final class File: Sendable {
    /// The most bytes that one system call moves.
    package static let blockSize = 1 << 20

    /// The path it was opened by.
    package let path: String
    /// The descriptor.
    package let descriptor: CInt
    /// The size in bytes when the file was opened.
    package let size: UInt64
    private let isLocked = Atomic(false)

    private init(owning descriptor: CInt, path: String, to action: String) throws(SystemError) {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = errno
            if descriptor >= 0 { close(descriptor) }
            throw .failed(to: action, path, errno: reason)
        }
        self.path = path
        self.descriptor = descriptor
        size = UInt64(max(0, status.st_size))
    }

    /// Opens a file for reading.
    ///
    /// - Parameter followsLinks: whether a symbolic link in its place may lead to it.
    /// - Throws: `.missing` if there is none, `.irregular` if something else has its place.
    package convenience init(reading path: String, followsLinks: Bool = true) throws(SystemError) {
        let flags = followsLinks ? O_RDONLY : O_RDONLY | O_NOFOLLOW
        try self.init(owning: RegularFile.open(path, flags), path: path, to: "open")
    }

    /// Opens a file for reading, or returns nil if there is none.
    package convenience init?(readingIfPresent path: String) throws(SystemError) {
        let descriptor = RegularFile.open(path, O_RDONLY)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(owning: descriptor, path: path, to: "open")
    }

    /// Opens a file for reading that a commit may have put there; see `RegularFile.openCommitted`.
    package convenience init(readingCommitted path: String) throws(SystemError) {
        try self.init(owning: RegularFile.openCommitted(path, O_RDONLY), path: path, to: "open")
    }

    /// Opens or creates a file for reading and writing; a symbolic link in its place is an error.
    package convenience init(updating path: String, mode: UInt32 = 0o666) throws(SystemError) {
        try self.init(
            owning: RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: mode), path: path, to: "open")
    }

    /// Creates a file for reading and writing; it is an error if there is one.
    package convenience init(creating path: String, mode: UInt32 = 0o666) throws(SystemError) {
        try self.init(
            owning: RegularFile.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode), path: path,
            to: "create")
    }

    /// Takes over a file that was opened and locked.
    convenience init(locked descriptor: CInt, path: String) throws(SystemError) {
        try self.init(owning: descriptor, path: path, to: "open")
        isLocked.store(true, ordering: .relaxed)
    }

    deinit { if isLocked.load(ordering: .relaxed) { closeLocked(descriptor) } else { close(descriptor) } }

    /// Takes the file for this process alone, until it is closed; false if another process has it.
    package func lock() throws(SystemError) -> Bool {
        switch LockAttempt(descriptor, LOCK_EX) {
        case .locked:
            isLocked.store(true, ordering: .relaxed)
            return true
        case .held: return false
        case .failed(let number): throw .failed(to: "lock", path, errno: number)
        }
    }

    /// Returns the file's status.
    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(to: "look at", path) }
        return FileStatus(status)
    }

    /// Sets the permission bits, whatever the umask is.
    package func setMode(_ mode: UInt32) throws(SystemError) {
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw .failed(to: "set the permissions of", path) }
    }

    /// Makes the file exactly this long.
    package func truncate(to size: UInt64) throws(SystemError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .failed(to: "set the length of", path) }
    }

    /// Returns once the content is on the disk.
    package func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .failed(to: "write", path) }
    }
}
