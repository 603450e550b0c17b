/// Finds out whether a sweep of somebody else stands still, by this process's own clock alone.
struct SweepWatch {
    /// How long to wait between two looks.
    static let pause = Duration.milliseconds(50)

    private let lease: Duration
    private var seen: (document: [UInt8]?, since: ContinuousClock.Instant)?

    init(lease: Duration) { self.lease = lease }

    /// Whether the format document has been the same for as long as a sweep may take for one step.
    mutating func hasStoodStill(_ current: Condemnation) -> Bool {
        let now = ContinuousClock.now
        guard let seen, seen.document == current.document else {
            self.seen = (current.document, now)
            return false
        }
        return now - seen.since >= lease
    }
}
