internal import ModmetaSnapshots
internal import ModmetaStore
internal import Synchronization

/// How much of several files is there.
final class FetchProgress: Sendable {
    private struct State {
        var done: [UInt64]
        var sum: UInt64 = 0
        var total: UInt64
    }

    private let report: HashingProgress
    private let state: Mutex<State>

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - sizes: the sizes of the files in bytes.
    ///   - report: receives how many bytes are there, of how many.
    init(sizes: [UInt64], _ report: @escaping HashingProgress) {
        self.report = report
        // The sizes are what pointers say.
        let total = sizes.reduce(UInt64(0)) { $0.addingSaturated($1) }
        state = Mutex(State(done: [UInt64](repeating: 0, count: sizes.count), total: total))
        report(0, total)
    }

    /// Notes that so many bytes of a file are there.
    func reached(_ bytes: UInt64, of index: Int) {
        state.withLock { state in
            state.sum = state.sum - state.done[index] + bytes
            state.done[index] = bytes
            report(state.sum, state.total)
        }
    }

    /// Notes that a file of so many bytes was there before, and needs no work.
    func found(_ size: UInt64, at index: Int) {
        state.withLock { state in
            state.sum -= state.done[index]
            state.done[index] = 0
            state.total -= min(size, state.total)
            report(state.sum, state.total)
        }
    }
}
