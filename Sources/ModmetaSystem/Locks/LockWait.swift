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
        /// How the wait ended; nil until it has.
        var result: Result<Locked?, any Error>?
        /// The threads that may sleep in a call, by the place of their file.
        var threads: [Int: pthread_t] = [:]
        /// The threads that have not ended.
        var left = 0
        /// Why a file could not be locked.
        var failure: SystemError?
    }

    private let paths: [String]
    private let kind: CInt
    private let state = Mutex(State())

    private init(_ paths: [String], _ kind: CInt) { (self.paths, self.kind) = (paths, kind) }

    /// What a thread needs that does nothing but wait, above the least that the system allows.
    private static let stackSize = 128 << 10

    /// Waits for the first lock that is to be had.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - kind: `LOCK_EX` or `LOCK_SH`.
    ///   - creates: whether files that are missing are created, or not waited for.
    ///   - limit: how long to wait; nil for as long as it takes.
    /// - Returns: the locked file; nil if no file exists, or the time is over.
    /// - Throws: `SystemError` if no file can be opened or locked, `CancellationError` when the task is cancelled.
    package static func first(
        of paths: [String], _ kind: CInt, creates: Bool = true, for limit: Duration? = nil
    ) async throws -> Locked? {
        let files = try open(paths, creates: creates)
        guard !files.isEmpty else { return nil }
        WakeUpSignal.prepare()
        let wait = LockWait(paths, kind)
        let timer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                wait.end(.success(nil))
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait.begin(files, $0) }
        } onCancel: {
            wait.end(.failure(CancellationError()))
        }
    }

    private static func open(_ paths: [String], creates: Bool) throws -> [Locked] {
        var files: [Locked] = []
        var failure: SystemError?
        for (index, path) in paths.enumerated() {
            let descriptor = RegularFile.open(path, O_RDWR | O_NOFOLLOW | (creates ? O_CREAT : 0))
            if descriptor >= 0 {
                files.append(Locked(index: index, descriptor: descriptor))
            } else if creates || errno != ENOENT {
                failure = .failed(to: "open the lock", path)
            }
        }
        if let failure, files.isEmpty { throw failure }
        return files
    }

    private func begin(_ files: [Locked], _ continuation: CheckedContinuation<Locked?, any Error>) {
        let early = state.withLock { state in
            if state.result == nil { state.continuation = continuation }
            state.left = files.count
            return state.result
        }
        if let early {
            for file in files { close(file.descriptor) }
            return continuation.resume(with: early)
        }
        for file in files {
            do {
                try DedicatedThread.start(stackSize: Self.stackSize) { self.wait(for: file) }
            } catch {
                close(file.descriptor)
                leave(after: error)
            }
        }
    }

    /// Runs in a thread of its own.
    private func wait(for file: Locked) {
        WakeUpSignal.unblock()
        state.withLock { $0.threads[file.index] = pthread_self() }
        var isLocked = false
        var failure: SystemError?
        while !isLocked, failure == nil, state.withLock({ $0.result == nil }) {
            // A signal that comes right before this call wakes nobody: then the lock is waited for, and given up at once.
            isLocked = flock(file.descriptor, kind) == 0
            if !isLocked, errno != EINTR { failure = .failed(to: "lock", paths[file.index]) }
        }
        state.withLock { $0.threads[file.index] = nil }
        if !isLocked || !end(.success(file)) { closeLocked(file.descriptor) }
        leave(after: failure)
    }

    /// Notes that one thread is gone; the last one ends the wait.
    private func leave(after failure: SystemError?) {
        let (isLast, first) = state.withLock { state in
            state.left -= 1
            state.failure = state.failure ?? failure
            return (state.left == 0, state.failure)
        }
        if isLast { end(first.map { .failure($0) } ?? .success(nil)) }
    }

    /// Ends the wait, unless it has ended.
    @discardableResult
    private func end(_ result: Result<Locked?, any Error>) -> Bool {
        let (isFirst, continuation) = state.withLock { state in
            let isFirst = state.result == nil
            if isFirst { state.result = result }
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
