internal import Synchronization

/// How much of several files is there, shown as it changes.
final class FetchMeter: Sendable {
    private let total: String
    private let done: Mutex<[UInt64]>

    /// - Parameter sizes: the sizes of the files in bytes.
    init(sizes: [UInt64]) {
        total = formatted(bytes: sizes.reduce(0, +))
        done = Mutex([UInt64](repeating: 0, count: sizes.count))
    }

    /// Shows that so many bytes of a file are there.
    func show(_ bytes: UInt64, of index: Int) {
        let sum = done.withLock { done in
            done[index] = bytes
            return done.reduce(0, +)
        }
        Terminal.progress("\(formatted(bytes: sum)) of \(total)")
    }
}
