internal import Synchronization

/// How much of something is in use at the same time.
public final class Tally: Sendable {
    private let counts = Mutex<(now: Int, most: Int, ended: Int)>((0, 0, 0))

    /// Counts nothing yet.
    public init() {}

    /// The most that was in use at one time.
    public var most: Int { counts.withLock { $0.most } }
    /// How many uses have ended.
    public var ended: Int { counts.withLock { $0.ended } }

    /// Counts an amount as in use.
    public func begin(_ amount: Int = 1) {
        counts.withLock { $0 = ($0.now + amount, max($0.most, $0.now + amount), $0.ended) }
    }

    /// Counts an amount as no longer in use.
    public func end(_ amount: Int = 1) { counts.withLock { $0 = ($0.now - amount, $0.most, $0.ended + 1) } }
}
