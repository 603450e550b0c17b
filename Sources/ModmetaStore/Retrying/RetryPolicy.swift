/// Makes calls again that failed for a reason that may pass.
///
/// The pause doubles from one attempt to the next and is drawn at random between half of that and all of it, so that many
/// clients whose server came back do not return at the same moment. A server that says how long to wait is obeyed.
///
/// Policies nest: sending an object asks a server for leave, and both may fail. What the inner one has tried out, the outer
/// one does not try again, so that one operation makes no more attempts than one policy allows.
public struct RetryPolicy: Sendable {
    /// Makes each call once: for what has made its own attempts.
    public static let once = RetryPolicy(attempts: 1)

    /// How often a call is made at most.
    public var attempts: Int
    /// The longest first pause.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    /// The longest time that a call which comes no farther is made again for, pauses included.
    public var longestTime: Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let share: @Sendable () -> Double

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - sleep: waits; replaced where time is simulated.
    ///   - share: draws the share of a pause that is waited, 0.5 to 1; replaced where chance is.
    public init(
        attempts: Int = 8, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(20),
        longestTime: Duration = .seconds(300),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        share: @escaping @Sendable () -> Double = { .random(in: 0.5...1) }
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.longestTime = longestTime
        self.sleep = sleep
        self.share = share
    }

    /// Makes a call until it succeeds, fails for good, was made `attempts` times, or took `longestTime`.
    ///
    /// - Parameters:
    ///   - isTransient: which errors may pass.
    ///   - progress: how far the calls have come together. A call that came farther than any before counts as none, and the
    ///     pauses begin anew; so what it measures must have an end.
    /// - Throws: the last error.
    public func run<Result>(
        isTransient: (any Error) -> Bool = { ($0 as? StoreError)?.isWorthAnotherTry ?? false },
        progress: () -> UInt64 = { 0 },
        _ call: () async throws -> Result
    ) async throws -> Result {
        var (pause, reached, left) = (firstPause, progress(), attempts)
        var (start, paused) = (ContinuousClock.now, Duration.zero)
        while true {
            do {
                return try await call()
            } catch  where isTransient(error) && attempts > 1 {
                let now = progress()
                if now > reached {
                    (pause, reached, left) = (firstPause, now, attempts + 1)
                    (start, paused) = (.now, .zero)
                }
                left -= 1
                let wait = max((error as? StoreError)?.retryAfter ?? .zero, pause * share())
                // Where time is simulated the clock stands still, and only pauses count.
                let spent = max(paused, ContinuousClock.now - start)
                guard left > 0, spent + wait <= longestTime else {
                    guard var error = error as? StoreError else { throw error }
                    error.isTriedOut = true
                    throw error
                }
                try await sleep(wait)
                paused += wait
                pause = min(pause * 2, longestPause)
            }
        }
    }
}
