/// Makes calls again that failed for a reason that may pass.
///
/// The pause doubles from one attempt to the next and is drawn at random between half of that and all of it, so that many
/// clients whose server came back do not return at the same moment. A server that says how long to wait is obeyed.
public struct RetryPolicy: Sendable {
    /// Makes each call once: for what has made its own attempts.
    public static let once = RetryPolicy(attempts: 1)

    /// How often a call is made at most.
    public var attempts: Int
    /// The longest first pause.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let share: @Sendable () -> Double

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - sleep: waits; replaced where time is simulated.
    ///   - share: draws the share of a pause that is waited, 0.5 to 1; replaced where chance is.
    public init(
        attempts: Int = 8, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(20),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        share: @escaping @Sendable () -> Double = { .random(in: 0.5...1) }
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.sleep = sleep
        self.share = share
    }

    /// Makes a call until it succeeds, fails for good, or was made `attempts` times.
    ///
    /// - Parameters:
    ///   - isTransient: which errors may pass.
    ///   - progress: how far the calls have come together. A call that came farther than any before counts as none, and the
    ///     pauses begin anew; so what it measures must have an end.
    /// - Throws: the last error.
    public func run<Result>(
        isTransient: (any Error) -> Bool = { ($0 as? StoreError)?.isTransient ?? false },
        progress: () -> UInt64 = { 0 },
        _ call: () async throws -> Result
    ) async throws -> Result {
        var (pause, reached, left) = (firstPause, progress(), attempts)
        while true {
            do {
                return try await call()
            } catch  where isTransient(error) && attempts > 1 {
                let now = progress()
                if now > reached { (pause, reached, left) = (firstPause, now, attempts + 1) }
                left -= 1
                guard left > 0 else { throw error }
                let asked = (error as? StoreError)?.retryAfter ?? .zero
                try await sleep(max(asked, pause * share()))
                pause = min(pause * 2, longestPause)
            }
        }
    }
}
