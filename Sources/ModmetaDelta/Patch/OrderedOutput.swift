internal import Glibc
internal import ModmetaFormats

/// A file whose parts several tasks make concurrently and which is written in order.
///
/// It appears at its path when it is committed. A task whose part is not next waits, so no more parts are in memory
/// than there are tasks.
actor OrderedOutput {
    private let file: OutputFile
    private let progress: @Sendable (UInt64) -> Void
    private var hash = SHA256()
    private var hashedBytes: UInt64 = 0
    private var due = 0
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    private var isCancelled = false

    /// The default number of tasks: one per core, at most eight to bound memory.
    static var taskCount: Int { min(8, max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))) }

    /// - Parameter progress: receives the bytes hashed so far, after each part.
    init(
        path: String, beginning: [UInt8], progress: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(DeltaError) {
        self.progress = progress
        file = try OutputFile(path: path)
        try file.append(beginning)
    }

    /// Runs tasks that make and append parts, until all have ended.
    ///
    /// - Throws: the error of the first task that failed; the others stop after their current part.
    nonisolated func fill(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let failure = await withTaskGroup(of: (any Error)?.self) { tasks in
            for _ in 0..<Self.taskCount {
                tasks.addTask {
                    do {
                        try await work()
                        return nil
                    } catch {
                        await self.cancel()
                        return error
                    }
                }
            }
            var first: (any Error)?
            // Tasks that waited for the failed one report only a cancellation.
            for await error in tasks where first == nil || first is CancellationError { first = error ?? first }
            return first
        }
        if let failure { throw failure }
    }

    /// Appends part number `index` after all earlier parts, and hashes the raw bytes it stands for.
    ///
    /// - Throws: `fileSystem`, or `CancellationError` if an earlier part failed.
    func append(_ part: [UInt8], hashing raw: [UInt8], at index: Int) async throws {
        if index != due, !isCancelled { await withCheckedContinuation { waiting[index] = $0 } }
        guard !isCancelled else { throw CancellationError() }
        hash.update(raw)
        try file.append(part)
        hashedBytes += UInt64(raw.count)
        progress(hashedBytes)
        due += 1
        waiting.removeValue(forKey: due)?.resume()
    }

    /// The SHA-256 of the bytes hashed since the last call.
    func digest() -> Digest {
        var complete = SHA256()
        swap(&complete, &hash)
        return complete.finish()
    }

    /// Commits the file under its path.
    ///
    /// - Parameter beginning: replaces the first bytes of the file, of the same length.
    func commit(beginning: [UInt8] = []) throws(DeltaError) {
        try file.overwrite(beginning, at: 0)
        try file.commit()
    }

    private func cancel() {
        isCancelled = true
        for continuation in waiting.values { continuation.resume() }
        waiting = [:]
    }
}
