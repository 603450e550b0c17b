import Synchronization

/// How much of something is in use at the same time.
final class Tally: Sendable {
    private let counts = Mutex<(now: Int, most: Int, ended: Int)>((0, 0, 0))

    var most: Int { counts.withLock { $0.most } }
    var ended: Int { counts.withLock { $0.ended } }

    func begin(_ amount: Int = 1) {
        counts.withLock { $0 = ($0.now + amount, max($0.most, $0.now + amount), $0.ended) }
    }

    func end(_ amount: Int = 1) { counts.withLock { $0 = ($0.now - amount, $0.most, $0.ended + 1) } }
}
