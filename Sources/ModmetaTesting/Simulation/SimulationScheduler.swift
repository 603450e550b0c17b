internal import Synchronization

/// Simulated time, and the tasks that wait for it.
///
/// Everything that waits does so here: for an answer of the store, for a pause to end. The waiter with the earliest
/// time resumes first; waiters with equal times resume in the order they came.
final class SimulationScheduler: Sendable {
    fileprivate struct Waiter {
        var time: Duration
        var number: Int
        var process: SimulatedProcess
        var continuation: UnsafeContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var wallOffset = 0
        var number = 0
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    /// The time that has passed.
    var now: Duration { state.withLock { $0.now } }

    /// The time of day, which jumps.
    var secondsSince1970: UInt64 {
        state.withLock { UInt64(1_750_000_000 + Int($0.now.components.seconds) + $0.wallOffset) }
    }

    /// Sets the time of day forward or back.
    func jump(by seconds: Int) { state.withLock { $0.wallOffset += seconds } }

    /// Waits.
    ///
    /// - Throws: `SimulatedProcess.Killed` if the process is killed before or meanwhile.
    func wait(_ duration: Duration, process: SimulatedProcess) async throws {
        try process.check()
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
            state.withLock { state in
                state.waiters.append(
                    Waiter(
                        time: state.now + max(.zero, duration), number: state.number, process: process,
                        continuation: continuation))
                state.number += 1
            }
        }
    }

    /// Kills a process: everything in it that waits resumes with an error.
    func kill(_ process: SimulatedProcess, withPower: Bool = false) {
        process.kill(withPower: withPower)
        let stopped = state.withLock { state in
            let stopped = state.waiters.filter { $0.process === process }
            state.waiters.removeAll { $0.process === process }
            return stopped
        }
        for waiter in stopped { waiter.continuation.resume(throwing: SimulatedProcess.Killed()) }
    }

    /// Resumes the next waiter.
    ///
    /// - Returns: false if nothing waits.
    func resumeNext() -> Bool {
        let next: Waiter? = state.withLock { state in
            guard let index = state.waiters.indices.min(by: { state.waiters[$0].precedes(state.waiters[$1]) })
            else { return nil }
            let waiter = state.waiters.remove(at: index)
            state.now = max(state.now, waiter.time)
            return waiter
        }
        next?.continuation.resume()
        return next != nil
    }
}

extension SimulationScheduler.Waiter {
    fileprivate func precedes(_ other: Self) -> Bool { (time, number) < (other.time, other.number) }
}
