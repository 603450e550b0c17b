internal import Synchronization

/// Hands out the numbers below a limit, each once.
final class IndexQueue: Sendable {
    private let limit: Int
    private let position = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Returns the next number, or nil if none are left.
    func next() -> Int? {
        let index = position.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < limit ? index : nil
    }
}
