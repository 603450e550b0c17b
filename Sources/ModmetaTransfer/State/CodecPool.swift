internal import ModmetaDelta
internal import Synchronization

/// The work slots that one job holds, each with a codec, borrowed by whichever of its tasks computes next.
///
/// Who waits for the network holds none, so that more payloads can be on their way than there are slots. As everywhere, a
/// slot that other agents want is held for about a second.
final class CodecPool: Sendable {
    /// A slot, and the codec whose memory belongs to it; one task at a time uses it.
    private final class Loan: @unchecked Sendable {
        let codec = ChunkCodec()
        private var slot: WorkSlots.Slot?

        init(_ slot: consuming WorkSlots.Slot) { self.slot = consume slot }

        func isDue(in slots: WorkSlots) -> Bool { slot == nil || slots.isDue(&slot!) }

        func freeSlot() { slot = nil }
    }

    private struct State {
        /// The slots that are held, or that somebody is acquiring.
        var held = 0
        var waiting: [CheckedContinuation<Loan?, any Error>] = []
    }

    private let slots: WorkSlots
    private let clock: TransferClock
    private let state = Mutex(State())

    init(_ slots: WorkSlots, clock: TransferClock) {
        self.slots = slots
        self.clock = clock
    }

    /// Computes something under a slot.
    ///
    /// - Throws: what the body throws, and `CancellationError` when the task is cancelled before.
    func withCodec<Result: Sendable>(_ body: (ChunkCodec) async throws -> Result) async throws -> Result {
        let loan = try await borrow()
        do {
            try Task.checkCancellation()
            let result = try await body(loan.codec)
            await giveBack(loan)
            return result
        } catch {
            await giveBack(loan)
            throw error
        }
    }

    /// Takes a slot while fewer are held than there are, and else waits for one that is handed on.
    private func borrow() async throws -> Loan {
        let loan: Loan? = try await withCheckedThrowingContinuation { continuation in
            let mayAcquire = state.withLock { state in
                if state.held == slots.count {
                    state.waiting.append(continuation)
                    return false
                }
                state.held += 1
                return true
            }
            if mayAcquire { continuation.resume(returning: nil) }
        }
        if let loan { return loan }
        return try await acquire()
    }

    /// Acquires a slot that is counted as held already.
    private func acquire() async throws -> Loan {
        do {
            return Loan(try await slots.acquire())
        } catch {
            // This task was cancelled, and with it the job that those who wait are of.
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.held -= 1
                return state.waiting
            }
            for continuation in waiting { continuation.resume(throwing: error) }
            throw error
        }
    }

    private func giveBack(_ loan: Loan) async {
        guard state.withLock({ !$0.waiting.isEmpty }), loan.isDue(in: slots) else { return handOn(loan) }
        loan.freeSlot()
        // Where this fails the job is being given up, and `acquire` has told those who wait.
        try? await slots.giveWay()
        if let fresh = try? await acquire() { handOn(fresh) }
    }

    /// Gives a loan to who has waited longest, or its slot back where nobody waits.
    private func handOn(_ loan: Loan) {
        let next = state.withLock { state in
            if state.waiting.isEmpty { state.held -= 1 }
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        guard let next else { return loan.freeSlot() }
        next.resume(returning: loan)
    }
}
