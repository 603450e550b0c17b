internal import Glibc
internal import Synchronization

/// Waits in the kernel until one of several files can be locked.
///
/// A thread sleeps in `flock` for each file; the first that gets its lock wins, and the others are woken by a signal to give
/// up. The kernel frees the locks of who dies, so nothing needs to be looked at again from time to time.
package final class LockWait: Sendable {
    /// A file that was locked, by its place among those asked for.
    package struct Locked: Sendable {
        /// The place of its path.
        package var index: Int
        /// The open file, which belongs to the caller.
        package var descriptor: CInt
    }

    private struct State {
        var continuation: CheckedContinuation<Locked?, any Error>?
        var isOver = false
        /// The threads that may sleep in a call, by the place of their file.
        var threads: [Int: pthread_t] = [:]
        /// The threads that have not ended.
        var left = 0
    }

    private let kind: CInt
    private let state = Mutex(State())

    private init(_ kind: CInt) { self.kind = kind }

    /// What a thread needs that does nothing but wait, above the least that the system allows.
    private static let stackSize = 128 << 10

    /// Waits for the first lock that is to be had.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - kind: `LOCK_EX` or `LOCK_SH`.
    ///   - creates: whether files that are missing are created, or not waited for.
    /// - Returns: the locked file, or nil where none can be opened or waited for.
    /// - Throws: `CancellationError` when the task is cancelled.
    package static func first(
        of paths: [String], _ kind: CInt, creates: Bool = true
    ) async throws -> Locked? {
        let files = paths.enumerated().compactMap { index, path -> Locked? in
            let descriptor = RegularFile.open(path, O_RDWR | O_NOFOLLOW | (creates ? O_CREAT : 0))
            return descriptor >= 0 ? Locked(index: index, descriptor: descriptor) : nil
        }
        guard !files.isEmpty else { return nil }
        WakeUpSignal.prepare()
        let wait = LockWait(kind)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait.begin(files, $0) }
        } onCancel: {
            wait.end(.failure(CancellationError()))
        }
    }

    private func begin(_ files: [Locked], _ continuation: CheckedContinuation<Locked?, any Error>) {
        let isCancelled = state.withLock { state in
            guard !state.isOver else { return true }
            state.continuation = continuation
            state.left = files.count
            return false
        }
        guard !isCancelled else {
            for file in files { close(file.descriptor) }
            return continuation.resume(throwing: CancellationError())
        }
        for file in files {
            do {
                try DedicatedThread.start(stackSize: Self.stackSize) { self.wait(for: file) }
            } catch {
                close(file.descriptor)
                leave(file)
            }
        }
    }

    /// Runs in a thread of its own.
    private func wait(for file: Locked) {
        WakeUpSignal.unblock()
        state.withLock { $0.threads[file.index] = pthread_self() }
        var isLocked = false
        while !state.withLock({ $0.isOver }) {
            isLocked = flock(file.descriptor, kind) == 0
            // A signal that comes right before this call wakes nobody: then the lock is waited for, and given up at once.
            if isLocked || errno != EINTR { break }
        }
        state.withLock { $0.threads[file.index] = nil }
        if !isLocked || !end(.success(file)) { closeLocked(file.descriptor) }
        leave(file)
    }

    /// Notes that one thread is gone; the last one ends the wait.
    private func leave(_ file: Locked) {
        let isLast = state.withLock { state in
            state.left -= 1
            return state.left == 0
        }
        if isLast { end(.success(nil)) }
    }

    /// Ends the wait, unless it has ended.
    @discardableResult
    private func end(_ result: Result<Locked?, any Error>) -> Bool {
        let (isFirst, continuation) = state.withLock { state in
            let isFirst = !state.isOver
            state.isOver = true
            // A thread is taken out of the table, under this lock, before it ends.
            if isFirst { for thread in state.threads.values { WakeUpSignal.send(to: thread) } }
            defer { state.continuation = nil }
            return (isFirst, state.continuation)
        }
        continuation?.resume(with: result)
        return isFirst
    }
}

/// A signal that does nothing but end the system call a thread sleeps in.
private enum WakeUpSignal {
    /// Ignored by default, and sent by nothing else here: it is about data out of band on sockets.
    private static let number = SIGURG

    private static let isPrepared: Bool = {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        // No SA_RESTART: the call ends.
        return sigaction(number, &action, nil) == 0
    }()

    static func prepare() { _ = isPrepared }

    static func unblock() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    static func send(to thread: pthread_t) { pthread_kill(thread, number) }
}
