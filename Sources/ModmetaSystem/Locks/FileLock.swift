internal import Glibc

/// An exclusive lock on a file among processes, held as long as this object; the kernel gives it up when its owner dies.
package final class FileLock: Sendable {
    private let file: File

    private init(_ file: File) { self.file = file }

    /// Takes the lock if nobody has it, creating the file where it is absent; nil if it is taken.
    package static func attempt(_ path: String, mode: UInt32 = 0o666) throws(SystemError) -> FileLock? {
        let file = try File(updating: path, mode: mode)
        return try file.lock() ? FileLock(file) : nil
    }

    /// Waits for the lock, creating the file where it is absent.
    ///
    /// - Parameters:
    ///   - mode: the permission bits of a file that is created, which the umask takes from.
    ///   - exactMode: the permission bits whatever the umask is, or nil.
    ///   - patience: how long to wait; nil for however long it takes.
    /// - Throws: `SystemError.unavailable` if somebody else has kept the lock for so long.
    package static func acquire(
        _ path: String, mode: UInt32 = 0o666, exactMode: UInt32? = nil, patience: Duration?
    ) async throws -> FileLock {
        let file = try File(updating: path, mode: mode)
        // Only the maker of the file may change its mode, and only it needs to.
        if let exactMode { _ = fchmod(file.descriptor, mode_t(exactMode)) }
        if try file.lock() { return FileLock(file) }
        guard let locked = try await LockWait.first(of: [path], LOCK_EX, for: patience) else {
            throw SystemError(
                .unavailable, to: "lock", path, "another process keeps it locked",
                advice: "end that, or give the same command again later")
        }
        return FileLock(try File(locked: locked.descriptor, path: path))
    }
}
