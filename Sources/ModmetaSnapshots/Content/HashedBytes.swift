internal import Synchronization

/// Receives the bytes hashed so far and in total; called by several tasks, but calls do not overlap.
public typealias HashingProgress = @Sendable (_ done: UInt64, _ total: UInt64) -> Void

/// Counts the bytes that several tasks have hashed.
final class HashedBytes: Sendable {
    private let done = Mutex<UInt64>(0)
    private let total: UInt64
    private let report: HashingProgress

    /// Starts counting up to a total.
    init(of total: UInt64, _ report: @escaping HashingProgress) {
        (self.total, self.report) = (total, report)
        report(0, total)
    }

    func add(_ count: Int) {
        // Report under the lock, so that the last report is the latest count.
        done.withLock { done in
            done += UInt64(count)
            report(done, total)
        }
    }
}
