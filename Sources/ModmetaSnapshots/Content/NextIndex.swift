internal import Synchronization

/// Hands out the numbers below a limit, each to one worker.
final class NextIndex: Sendable {
    private let limit: Int
    private let next = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// The next number, or nil when all are taken.
    func take() -> Int? {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < limit ? index : nil
    }
}
