/// The time that the steps of a collection go by; how long ago something was condemned is told by the time of day.
public struct CollectionClock: Sendable {
    /// How much time has passed since a fixed moment; never runs backwards.
    let elapsed: @Sendable () -> Duration
    /// Waits.
    let sleep: @Sendable (Duration) async throws -> Void

    /// The clock of this machine.
    public static let system: CollectionClock = {
        let start = ContinuousClock.now
        return CollectionClock(elapsed: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
    }()

    /// Creates a clock, as where time is simulated.
    public init(
        elapsed: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }
}
