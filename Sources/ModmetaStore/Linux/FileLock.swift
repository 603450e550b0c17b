internal import Glibc

/// An exclusive lock on a file, which the kernel gives up when its owner dies.
struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// How long a lock that somebody else has is waited for.
    private static let patience = Duration.seconds(10)

    /// Waits for the lock, creating the file where it is absent.
    ///
    /// - Parameter patience: how long to wait.
    /// - Throws: `.unavailable` if somebody else has kept the lock for that long.
    static func acquire(
        _ path: String, exactMode: UInt32?, patience: Duration = patience
    ) async throws -> FileLock {
        let lock = FileLock(descriptor: RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW))
        guard lock.descriptor >= 0 else {
            if errno == ENXIO { throw StoreError(.corrupt, "\(path) is not a regular file; remove it") }
            throw StoreError.failed(to: "open the lock", path)
        }
        // Only the maker of the file may change its mode, and only it needs to.
        if let exactMode { _ = fchmod(lock.descriptor, mode_t(exactMode)) }
        switch LockAttempt(lock.descriptor, LOCK_EX) {
        case .locked: return lock
        case .failed(let number): throw StoreError.failed(to: "lock", path, errno: number)
        case .held: break
        }
        guard let locked = try await LockWait.first(of: [path], LOCK_EX, for: patience) else {
            throw StoreError(
                .unavailable, "another process keeps \(path) locked; end it, or give the same command again later")
        }
        return FileLock(descriptor: locked.descriptor)
    }

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { closeLocked(descriptor) } }
}
