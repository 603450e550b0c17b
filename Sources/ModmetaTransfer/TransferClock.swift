internal import Glibc

/// The time that transfers go by.
public struct TransferClock: Sendable {
    /// How much time has passed since a fixed moment, the same for all processes; never runs backwards.
    let elapsed: @Sendable () -> Duration
    /// The time of day in whole seconds since 1970; may jump.
    let secondsSince1970: @Sendable () -> UInt64
    /// Waits.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void
    /// Whether this is the machine's own time, so that one may wait for what ends outside of it, in the kernel.
    let isSystem: Bool

    /// The clocks of this machine.
    public static let system = TransferClock(
        elapsed: {
            var now = timespec()
            clock_gettime(CLOCK_BOOTTIME, &now)
            return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
        }, secondsSince1970: { UInt64(max(0, time(nil))) }, sleep: { try await Task.sleep(for: $0) }, isSystem: true)

    /// Creates a clock, as where time is simulated.
    ///
    /// - Parameters:
    ///   - elapsed: tells how much time has passed since a fixed moment.
    ///   - secondsSince1970: tells the time of day.
    ///   - sleep: waits.
    public init(
        elapsed: @escaping @Sendable () -> Duration, secondsSince1970: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.init(elapsed: elapsed, secondsSince1970: secondsSince1970, sleep: sleep, isSystem: false)
    }

    private init(
        elapsed: @escaping @Sendable () -> Duration, secondsSince1970: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void, isSystem: Bool
    ) {
        self.elapsed = elapsed
        self.secondsSince1970 = secondsSince1970
        self.sleep = sleep
        self.isSystem = isSystem
    }
}
