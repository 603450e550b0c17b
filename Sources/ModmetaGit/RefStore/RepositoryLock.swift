internal import Glibc
internal import ModmetaSystem

/// An exclusive lock among the processes of a repository, which the kernel gives up when its owner dies.
struct RepositoryLock: ~Copyable {
    private let descriptor: CInt

    /// Waits for the lock, however long; creates the file where it is absent.
    ///
    /// - Throws: `SystemError` if the file cannot be opened or locked, `CancellationError` when the task is cancelled.
    static func acquire(_ path: String) async throws -> RepositoryLock {
        guard let locked = try await LockWait.first(of: [path], LOCK_EX) else {
            throw SystemError.failed(to: "open the lock", path)
        }
        return RepositoryLock(descriptor: locked.descriptor)
    }

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { closeLocked(descriptor) }
}
