import ModmetaStore
import Synchronization
import Testing

@Suite("RetryPolicy")
struct RetryPolicyTests {
    /// Pauses that were asked for, instead of waited.
    private final class Pauses: Sendable {
        let all = Mutex<[Duration]>([])
    }

    private let pauses = Pauses()

    private func policy(attempts: Int) -> RetryPolicy {
        RetryPolicy(attempts: attempts, firstPause: .seconds(1), longestPause: .seconds(4)) { [pauses] pause in
            pauses.all.withLock { $0.append(pause) }
        }
    }

    @Test("a call that fails and then succeeds gives its result")
    func recovers() async throws {
        var calls = 0
        let result = try await policy(attempts: 5).run {
            calls += 1
            if calls < 3 { throw StoreError(.unavailable, "not yet") }
            return calls
        }
        #expect(result == 3)
        #expect(pauses.all.withLock { $0.count } == 2)
    }

    @Test("a failure for good is not tried again")
    func givesUpAtOnce() async {
        var calls = 0
        await #expect(throws: StoreError.self) {
            try await policy(attempts: 5).run {
                calls += 1
                throw StoreError(.denied, "never")
            }
        }
        #expect(calls == 1)
    }

    @Test("what an inner policy has tried out, an outer one does not try again")
    func nestedPoliciesShareTheirAttempts() async {
        var calls = 0
        let error = await #expect(throws: StoreError.self) {
            try await policy(attempts: 5).run {
                try await policy(attempts: 5).run {
                    calls += 1
                    throw StoreError(.unavailable, "down")
                }
            }
        }
        #expect(calls == 5 && error?.isTriedOut == true && error?.isTransient == true)
    }

    @Test("pauses have an end, however long a server asks to be left alone")
    func patienceEnds() async {
        var calls = 0
        await #expect(throws: StoreError.self) {
            try await policy(attempts: 50).run {
                calls += 1
                throw StoreError(.unavailable, "later", retryAfter: .seconds(120))
            }
        }
        #expect(calls == 3)
    }

    @Test("calls that come farther are not counted, and end the doubling of pauses")
    func progressIsNoFailure() async {
        var (calls, reached) = (0, UInt64(0))
        await #expect(throws: StoreError.self) {
            try await policy(attempts: 3).run(progress: { reached }) {
                calls += 1
                // Farther four times, and then no more.
                reached = min(UInt64(calls), 4)
                throw StoreError(.unavailable, "broken off")
            }
        }
        #expect(calls == 7)
        #expect(pauses.all.withLock { $0.prefix(4).allSatisfy { $0 <= .seconds(1) } && $0.count == 6 })
    }

    @Test("what makes its own attempts is never called again")
    func onceIsOnce() async {
        var (calls, reached) = (0, UInt64(0))
        await #expect(throws: StoreError.self) {
            try await RetryPolicy.once.run(progress: { reached }) {
                calls += 1
                reached += 1
                throw StoreError(.unavailable, "broken off")
            }
        }
        #expect(calls == 1)
    }

    @Test("pauses double up to the longest, half of each at random, and the last error is thrown")
    func pausesDouble() async {
        var calls = 0
        await #expect(throws: StoreError.self) {
            try await policy(attempts: 5).run {
                calls += 1
                throw StoreError(.unavailable, "still not")
            }
        }
        #expect(calls == 5)
        let bounds: [(Duration, Duration)] = [
            (.seconds(0.5), .seconds(1)), (.seconds(1), .seconds(2)), (.seconds(2), .seconds(4)),
            (.seconds(2), .seconds(4)),
        ]
        let all = pauses.all.withLock { $0 }
        #expect(all.count == bounds.count)
        for (pause, bound) in zip(all, bounds) { #expect(pause >= bound.0 && pause <= bound.1) }
    }

    @Test("a server that names a pause is obeyed")
    func obeysRetryAfter() async throws {
        var calls = 0
        try await policy(attempts: 2).run {
            calls += 1
            if calls == 1 { throw StoreError(.unavailable, "busy", retryAfter: .seconds(90)) }
        }
        #expect(pauses.all.withLock { $0 } == [.seconds(90)])
    }
}
