internal import Glibc
internal import ModmetaFormats

/// A file in the making, of which several tasks make the parts and which gets them in their order.
///
/// It appears under its name when it is committed. A task with a part that is not due waits, so that no more parts are in
/// memory than there are tasks.
actor OrderedOutput {
    private let file: OutputFile
    private let progress: @Sendable (UInt64) -> Void
    private var hash = SHA256()
    private var hashedBytes: UInt64 = 0
    private var due = 0
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    private var isGivenUp = false

    /// How many tasks make parts where nothing else is said: one a core, within bounds for the memory of all.
    static var taskCount: Int { min(8, max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))) }

    /// - Parameter progress: receives how many bytes were hashed, after each part.
    init(
        path: String, beginning: [UInt8], progress: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(DeltaError) {
        self.progress = progress
        file = try OutputFile(path: path)
        try file.append(beginning)
    }

    /// Runs tasks that make parts and append them, until all have ended.
    ///
    /// - Throws: what the first task that failed threw; the others are not waited for longer than their part takes.
    nonisolated func fill(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let failure = await withTaskGroup(of: (any Error)?.self) { tasks in
            for _ in 0..<Self.taskCount {
                tasks.addTask {
                    do {
                        try await work()
                        return nil
                    } catch {
                        await self.giveUp()
                        return error
                    }
                }
            }
            var first: (any Error)?
            // Who waited for a task that failed only tells that it did.
            for await error in tasks where first == nil || first is CancellationError { first = error ?? first }
            return first
        }
        if let failure { throw failure }
    }

    /// Appends part number `index` as soon as all before it are there, and hashes the bytes it stands for.
    ///
    /// - Throws: `fileSystem`, or `CancellationError` if a part before it will never come.
    func append(_ part: [UInt8], hashing raw: [UInt8], at index: Int) async throws {
        if index != due, !isGivenUp { await withCheckedContinuation { waiting[index] = $0 } }
        guard !isGivenUp else { throw CancellationError() }
        hash.update(raw)
        try file.append(part)
        hashedBytes += UInt64(raw.count)
        progress(hashedBytes)
        due += 1
        waiting.removeValue(forKey: due)?.resume()
    }

    /// The SHA-256 of all bytes that were hashed since it was asked for last.
    func digest() -> Digest {
        var complete = SHA256()
        swap(&complete, &hash)
        return complete.finish()
    }

    /// Makes the file appear under its name.
    ///
    /// - Parameter beginning: what replaces the bytes it was begun with; as many.
    func commit(beginning: [UInt8] = []) throws(DeltaError) {
        try file.overwrite(beginning, at: 0)
        try file.commit()
    }

    private func giveUp() {
        isGivenUp = true
        for continuation in waiting.values { continuation.resume() }
        waiting = [:]
    }
}
