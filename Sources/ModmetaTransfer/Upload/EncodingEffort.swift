internal import ModmetaDelta
internal import Synchronization

/// How much is done for a smaller payload: more while payloads wait for the line, as time is left then.
final class EncodingEffort: Sendable {
    /// So many payloads in a row that waited make the line the bottleneck.
    private static let certainty = 6

    private let waits = Mutex(0)
    private let line: TransferWindow

    init(_ line: TransferWindow) { self.line = line }

    /// Notes whether a payload had to wait; each that did not counts for two that did.
    func note(hasWaited: Bool) {
        waits.withLock { $0 = hasWaited ? min(2 * Self.certainty, $0 + 1) : max(0, $0 - 2) }
    }

    /// What the next chunks are worth.
    var current: ChunkCodec.Effort {
        guard waits.withLock({ $0 >= Self.certainty }) else { return .sampled }
        return line.state.isSlow ? .utmost : .searching
    }
}
