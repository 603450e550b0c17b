internal import Glibc

/// An exclusive lock on a file, which the kernel gives up when its owner dies.
struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// How often, and how long apart, a taken lock is tried again: 10 seconds in all.
    private static let attempts = 500
    private static let pause = Duration.milliseconds(20)

    /// Waits for the lock, creating the file where it is absent.
    ///
    /// - Throws: `.unavailable` if somebody else has kept the lock for 10 seconds.
    static func acquire(_ path: String, exactMode: UInt32?) async throws -> FileLock {
        let lock = FileLock(descriptor: RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW))
        guard lock.descriptor >= 0 else {
            if errno == ENXIO { throw StoreError(.corrupt, "\(path) is not a regular file; remove it") }
            throw StoreError.failed(to: "open the lock", path)
        }
        // Only the maker of the file may change its mode, and only it needs to.
        if let exactMode { _ = fchmod(lock.descriptor, mode_t(exactMode)) }
        for _ in 0..<attempts {
            if flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 { return lock }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw StoreError.failed(to: "lock", path) }
            try await Task.sleep(for: pause)
        }
        throw StoreError(
            .unavailable, "another process keeps \(path) locked; end it, or give the same command again later")
    }

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { closeLocked(descriptor) } }
}
