internal import Synchronization

/// Receives how many bytes are hashed, and of how many; called from several tasks, one call at a time.
public typealias HashingProgress = @Sendable (_ done: UInt64, _ total: UInt64) -> Void

/// How many bytes several tasks have hashed together.
final class HashedBytes: Sendable {
    private let done = Mutex<UInt64>(0)
    private let total: UInt64
    private let report: HashingProgress

    /// Begins to count up to a total.
    init(of total: UInt64, _ report: @escaping HashingProgress) {
        (self.total, self.report) = (total, report)
        report(0, total)
    }

    func add(_ count: Int) {
        // In order, so that the last that is told is the last that happened.
        done.withLock { done in
            done += UInt64(count)
            report(done, total)
        }
    }
}
