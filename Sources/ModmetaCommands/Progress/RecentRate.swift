/// How fast an amount grows: over the last seconds, not since the start.
///
/// Where it grows in few large steps, as with objects that are counted when they are done, as many seconds are looked at as
/// hold some steps: a rate that is zero between two of them would be of no use.
struct RecentRate {
    /// How far back is looked.
    static let window = Duration.seconds(5)
    /// How far back is looked where steps are rare.
    static let longestWindow = Duration.seconds(60)
    /// How many steps are looked at, if `longestWindow` holds so many.
    static let stepCount = 3
    /// How long something must have been watched for its rate to be told.
    static let shortestTime = Duration.seconds(1)

    /// The amount after each step; the first is the start.
    private var steps: [(time: Duration, amount: UInt64)]

    init(from amount: UInt64, at start: Duration) { steps = [(start, amount)] }

    /// Notes the amount; one that shrinks begins anew.
    mutating func record(_ amount: UInt64, at now: Duration) {
        guard let last = steps.last, amount >= last.amount else {
            steps = [(now, amount)]
            return
        }
        if amount > last.amount { steps.append((now, amount)) }
        // The last one before the window stays: it says where the window begins.
        let expired = steps.dropFirst().prefix { $0.time <= now - Self.longestWindow }.count
        if expired > 0 { steps.removeFirst(expired) }
    }

    /// How much the amount grows in a second; nil as long as it cannot be told.
    func value(at now: Duration) -> Double? {
        guard let last = steps.last else { return nil }
        let start =
            steps.dropLast(Self.stepCount).last { $0.time <= now - Self.window } ?? steps[0]
        let time = now - start.time
        guard time >= Self.shortestTime else { return nil }
        return Double(last.amount - start.amount) / (time / .seconds(1))
    }
}
