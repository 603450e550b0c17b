/// What was measured of a line, and how many places of a window it is given because of that.
///
/// While the window is full, it is made wider as long as that makes the line faster: far servers and lines that lose
/// packets need many streams. Where each payload takes long the line is slow, and the window is made narrower, so that
/// less is lost when it breaks.
struct LineState: Hashable, Sendable {
    /// One payload that was moved, or was not.
    struct Transfer: Sendable {
        /// The bytes that arrived; 0 of an attempt that failed.
        var bytes: Int
        var duration: Duration
        /// Whether the window was full.
        var hasWaited: Bool
    }

    /// The fewest places: the largest payload needs all of them.
    static let narrowest = 4
    /// The places a line has that nothing is known of.
    static let usual = 16
    /// What is measured together takes at least so long.
    private static let shortestRound = Duration.seconds(2)
    /// What is measured together has at least so many transfers, unless it takes longer than `longestRound`.
    private static let roundCount = 8
    private static let longestRound = Duration.seconds(20)
    /// A payload that is longer under way than this is on a slow line.
    private static let slowTransfer = Duration.seconds(10)
    /// What a wider window must gain to be kept.
    private static let gain = 1.05
    /// After a wider window gained nothing, so many rounds go by before the next is tried.
    private static let rest = 8
    /// Transfers further apart than this are not of one round.
    private static let pause = Duration.seconds(10)

    /// The places in use.
    var width = LineState.usual
    /// What the line carried in the latest round in which it was the bottleneck, in bytes a second; 0 before the first.
    var rate = 0.0
    /// Whether a payload took long in the latest round.
    var isSlow = false

    // The round that is being measured.
    var begin = Duration.zero
    var latest = Duration.zero
    var bytes = 0
    var count = 0
    var waits = 0
    var total = Duration.zero
    // The width before the latest widening and what the line carried then; 0 where there is nothing to compare with.
    var narrower = 0
    var narrowerRate = 0.0
    var roundsToRest = 0

    /// Takes a transfer into account that ended now.
    mutating func note(_ transfer: Transfer, at now: Duration) {
        // Time that runs backwards is that of a machine that was started anew.
        if now < latest || now - latest > max(Self.pause, transfer.duration) {
            beginRound(at: max(.zero, now - transfer.duration))
        }
        latest = now
        bytes += max(0, transfer.bytes)
        count += 1
        waits += transfer.hasWaited ? 1 : 0
        total += transfer.duration
        let passed = now - begin
        guard passed >= Self.shortestRound, count >= Self.roundCount || passed >= Self.longestRound else { return }
        judge(Double(bytes) / (passed / .seconds(1)), isFull: waits * 2 >= count, mean: total / count)
        beginRound(at: now)
    }

    private mutating func beginRound(at moment: Duration) {
        (begin, latest, bytes, count, waits, total) = (moment, moment, 0, 0, 0, .zero)
    }

    private mutating func judge(_ measured: Double, isFull: Bool, mean: Duration) {
        isSlow = mean > Self.slowTransfer
        if isSlow {
            rate = measured
            (width, narrower, roundsToRest) = (max(Self.narrowest, width / 2), 0, Self.rest)
            return
        }
        // Of a window that has room the line is not what holds up the work.
        guard isFull else { return }
        rate = measured
        if roundsToRest > 0 {
            roundsToRest -= 1
        } else if narrower > 0, measured < narrowerRate * Self.gain {
            (width, narrower, roundsToRest) = (narrower, 0, Self.rest)
        } else if width < TransferWindow.placeLimit {
            (narrower, narrowerRate) = (width, measured)
            width = min(TransferWindow.placeLimit, width + width / 2)
        }
    }
}
