internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// An exclusive lock among the processes of a repository, which the kernel gives up when its owner dies.
struct RepositoryLock: ~Copyable {
    private let descriptor: CInt

    /// Waits for the lock, however long; creates the file where it is absent.
    ///
    /// - Throws: `StoreError` where the file cannot be opened, `CancellationError` when the task is cancelled.
    static func acquire(_ path: String) async throws -> RepositoryLock {
        let lock = RepositoryLock(descriptor: RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600))
        guard lock.descriptor >= 0 else { throw StoreError.failed(to: "open the lock", path) }
        var pause = Duration.milliseconds(2)
        while flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw StoreError.failed(to: "lock", path) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(40))
        }
        return lock
    }

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { closeLocked(descriptor) } }
}
