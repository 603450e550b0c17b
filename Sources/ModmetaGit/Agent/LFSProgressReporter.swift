internal import Synchronization

/// Writes the progress of one transfer, at most once per interval, from whatever task reports it.
final class LFSProgressReporter: Sendable {
    private struct State {
        var progress: LFSTransferProgress
        var earliest: ContinuousClock.Instant
        var isOpen = true
    }

    private let state: Mutex<State>
    private let writer: any LineWriter
    private let interval: Duration
    private let onLostPeer: @Sendable () -> Void

    init(
        _ progress: LFSTransferProgress, to writer: any LineWriter, every interval: Duration,
        onLostPeer: @escaping @Sendable () -> Void
    ) {
        state = Mutex(State(progress: progress, earliest: .now + interval))
        self.writer = writer
        self.interval = interval
        self.onLostPeer = onLostPeer
    }

    /// Reports one byte: git-lfs holds its other agents back until the first progress of the first one.
    func start() {
        state.withLock { write($0.progress.reached(1), &$0) }
    }

    /// Reports so many bytes done, unless a report was written just before.
    func report(_ bytes: UInt64) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard state.isOpen, now >= state.earliest else { return }
            guard let reply = state.progress.reached(bytes) else { return }
            state.earliest = now + interval
            write(reply, &state)
        }
    }

    /// Ends the reports: whatever a straggling task says after this is dropped, since git-lfs would take it for the answer
    /// to its next request.
    func close(isComplete: Bool) {
        state.withLock { state in
            if isComplete { write(state.progress.reachedEnd(), &state) }
            state.isOpen = false
        }
    }

    // Called with the lock held, which keeps the lines in order.
    private func write(_ reply: LFSAgentReply?, _ state: inout State) {
        guard state.isOpen, let reply else { return }
        do {
            try writer.write(reply.line)
        } catch {
            state.isOpen = false
            onLostPeer()
        }
    }
}
