internal import ModmetaStore
internal import Synchronization

/// How much of several files is there.
final class FetchMeter: Sendable {
    private struct State {
        var done: [UInt64]
        var sum: UInt64 = 0
        var total: UInt64
    }

    private let meter: Meter
    private let state: Mutex<State>

    /// - Parameter sizes: the sizes of the files in bytes.
    init(_ meter: Meter, sizes: [UInt64]) {
        self.meter = meter
        // The sizes are what pointers say.
        let total = sizes.reduce(UInt64(0)) { $0.addingSaturated($1) }
        state = Mutex(State(done: [UInt64](repeating: 0, count: sizes.count), total: total))
        meter.reached(0, of: total)
    }

    /// Notes that so many bytes of a file are there.
    func reached(_ bytes: UInt64, of index: Int) {
        state.withLock { state in
            state.sum = state.sum - state.done[index] + bytes
            state.done[index] = bytes
            meter.reached(state.sum, of: state.total)
        }
    }

    /// Notes that a file of so many bytes was there before, and needs no work.
    func found(_ size: UInt64, at index: Int) {
        state.withLock { state in
            state.sum -= state.done[index]
            state.done[index] = 0
            state.total -= min(size, state.total)
            meter.reached(state.sum, of: state.total)
        }
    }
}
