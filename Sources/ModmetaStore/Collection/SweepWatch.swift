/// Finds out whether a sweep of somebody else stands still, by this process's own clock alone.
struct SweepWatch {
    /// How long to wait between two looks.
    static let pause = Duration.milliseconds(50)

    private let lease: Duration
    private let clock: CollectionClock
    private var seen: (document: [UInt8]?, since: Duration)?

    init(lease: Duration, clock: CollectionClock) {
        self.lease = lease
        self.clock = clock
    }

    /// Whether the format document has been the same for as long as a sweep may take for one step.
    mutating func hasStoodStill(_ current: Condemnation) -> Bool {
        let now = clock.elapsed()
        guard let seen, seen.document == current.document else {
            self.seen = (current.document, now)
            return false
        }
        return now - seen.since >= lease
    }

    /// Waits for the next look.
    func pause() async throws { try await clock.sleep(Self.pause) }
}
