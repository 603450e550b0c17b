/// Decides from moment to moment whether a meter's line is drawn anew, and what it says.
struct MeterDisplay {
    /// What is done sooner needs no line.
    static let delay = Duration.milliseconds(500)
    /// The shortest time between two lines.
    static let shortestPause = Duration.milliseconds(100)
    /// The longest time between two lines, where nothing moves.
    static let longestPause = Duration.seconds(1)
    /// After how long without any movement the line says so.
    static let stallTime = Duration.seconds(5)
    /// How long must have been watched for the time that is left to be told.
    static let foresight = Duration.seconds(2)
    /// The longest time left that is told: beyond it the rate says too little.
    static let horizon = 100.0 * 86400

    private let start: Duration
    /// When work under the present title began.
    private var begin: Duration
    private var rate: RecentRate
    private var reading: Meter.Reading
    private var traffic: MeterLine.Traffic?
    /// When something moved last.
    private var moved: Duration
    private var drawn: Duration?
    private var isDrawnAsItIs = false

    init(_ reading: Meter.Reading, _ traffic: MeterLine.Traffic? = nil, at start: Duration) {
        (self.start, begin, moved) = (start, start, start)
        (self.reading, self.traffic) = (reading, traffic)
        rate = RecentRate(from: reading.done, at: start)
    }

    /// Whether a line was drawn.
    var hasDrawn: Bool { drawn != nil }

    /// Takes what a meter says now, and gives the line to draw; nil if there is nothing to draw.
    ///
    /// - Parameter width: how many columns the line may have; nil if it cannot be seen now.
    mutating func line(
        _ reading: Meter.Reading, _ traffic: MeterLine.Traffic? = nil, at now: Duration, width: Int?
    ) -> String? {
        if reading.title != self.reading.title {
            rate = RecentRate(from: 0, at: now)
            begin = now
        }
        if reading != self.reading || traffic != self.traffic {
            (self.reading, self.traffic, moved) = (reading, traffic, now)
            isDrawnAsItIs = false
        }
        rate.record(reading.done, at: now)
        guard let width, now - start >= Self.delay else { return nil }
        if let drawn, now - drawn < (isDrawnAsItIs ? Self.longestPause : Self.shortestPause) { return nil }
        drawn = now
        isDrawnAsItIs = true
        return content(at: now).text(width: width)
    }

    private func content(at now: Duration) -> MeterLine {
        var line = MeterLine(reading: reading, traffic: traffic)
        guard now - moved < Self.stallTime else {
            line.stalled = now - moved
            return line
        }
        line.rate = rate.value(at: now)
        if let rate = line.rate, rate > 0, now - begin >= Self.foresight, reading.total > reading.done {
            let left = Double(reading.total - reading.done) / rate
            if left < Self.horizon { line.secondsLeft = left }
        }
        return line
    }

    /// What is said at the end: what was done, how long it took, and what went over the network for it.
    func summary(_ reading: Meter.Reading, _ traffic: MeterLine.Traffic?, at now: Duration) -> String {
        var line = MeterLine(reading: reading, traffic: traffic)
        line.reading.total = 0
        line.reading.objects = nil
        line.traffic = nil
        let done = "\(line.text(width: .max)) in \(formatted(time: now - start))"
        return ([done] + (traffic?.parts ?? [])).joined(separator: ", ")
    }
}
