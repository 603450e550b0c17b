import Testing

@testable import ModmetaCommands

@Suite struct MeterDisplayTests {
    private var reading = Meter.Reading(title: "copied", total: 10_000_000_000)
    private var display: MeterDisplay

    init() { display = MeterDisplay(reading, at: .seconds(100)) }

    /// What is drawn, so many seconds after the start.
    private mutating func line(after seconds: Double, done: UInt64? = nil, width: Int? = 200) -> String? {
        reading.done = done ?? reading.done
        return display.line(reading, at: .milliseconds(Int((100_000 + 1000 * seconds).rounded())), width: width)
    }

    /// Moves so many bytes each second, in steps of a tenth of one, and gives the last line.
    private mutating func move(_ rate: Int, from start: Int, to end: Int) -> String? {
        var last: String?
        for step in 1...(end - start) * 10 {
            last = line(after: Double(start) + Double(step) / 10, done: reading.done + UInt64(rate / 10)) ?? last
        }
        return last
    }

    @Test mutating func `what is soon done gets no line`() {
        #expect(line(after: 0.1, done: 1000) == nil)
        #expect(line(after: 0.49, done: 2000) == nil)
        #expect(!display.hasDrawn)
        #expect(line(after: 0.5, done: 3000) == "copied 3.0 kB of 10.0 GB (0 %)")
        #expect(display.hasDrawn)
    }

    @Test mutating func `the rate is that of the last seconds`() {
        #expect(move(100_000_000, from: 0, to: 20) == "copied 2.0 GB of 10.0 GB (20 %), 100 MB/s, 1 min 20 s left")
        // The mean since the start would be 83 MB/s.
        #expect(move(50_000_000, from: 20, to: 30) == "copied 2.5 GB of 10.0 GB (25 %), 50.0 MB/s, 2 min 30 s left")
    }

    @Test mutating func `time left is told once it can be`() {
        #expect(move(100_000_000, from: 0, to: 1) == "copied 100 MB of 10.0 GB (1 %), 100 MB/s")
        #expect(move(100_000_000, from: 1, to: 2) == "copied 200 MB of 10.0 GB (2 %), 100 MB/s, 1 min 38 s left")
        reading.total = 0
        #expect(line(after: 3) == "copied 200 MB, 66.7 MB/s")
        reading.total = reading.done
        #expect(line(after: 4) == "copied 200 MB of 200 MB (100 %), 50.0 MB/s")
        reading.total = .max
        #expect(line(after: 4.5)?.contains("left") == false)
    }

    @Test mutating func `no more than ten lines a second are drawn`() {
        var count = 0
        for step in 1...1000 {
            if line(after: 1 + Double(step) / 1000, done: UInt64(step)) != nil { count += 1 }
        }
        #expect((9...11).contains(count))
    }

    @Test mutating func `a line that does not change is drawn each second, and says so`() {
        #expect(line(after: 1, done: 500_000_000) != nil)
        #expect(line(after: 1.9) == nil)
        #expect(line(after: 2) == "copied 500 MB of 10.0 GB (5 %), 250 MB/s, 38 s left")
        #expect(line(after: 5.9) != nil)
        #expect(line(after: 6.9) == "copied 500 MB of 10.0 GB (5 %), no progress for 5 s")
        #expect(line(after: 7.8) == nil)
        #expect(line(after: 75) == "copied 500 MB of 10.0 GB (5 %), no progress for 1 min 14 s")
        #expect(line(after: 76, done: 501_000_000) == "copied 501 MB of 10.0 GB (5 %), 13.3 kB/s, 8 d 5 h left")
    }

    @Test mutating func `what moves on the network alone is no standstill`() {
        let traffic = { (sent: UInt64) in MeterLine.Traffic(sent: sent, received: 0) }
        _ = display.line(reading, traffic(0), at: .seconds(101), width: 200)
        #expect(
            display.line(reading, traffic(5_000_000), at: .seconds(120), width: 200)
                == "copied 0 B of 10.0 GB (0 %), 0 B/s, sent 5.0 MB")
        #expect(
            display.line(reading, traffic(5_000_000), at: .seconds(126), width: 200)
                == "copied 0 B of 10.0 GB (0 %), no progress for 6 s, sent 5.0 MB")
    }

    @Test mutating func `nothing is drawn where it cannot be seen, and nothing forgotten`() {
        #expect(line(after: 1, done: 100_000_000, width: nil) == nil)
        #expect(!display.hasDrawn)
        #expect(line(after: 2, done: 200_000_000)?.contains("100 MB/s") == true)
    }

    @Test mutating func `another title begins anew`() {
        _ = move(100_000_000, from: 0, to: 10)
        reading = Meter.Reading(title: "deleted", unit: .objects, total: 50)
        #expect(line(after: 10.5) == "deleted 0 of 50 (0 %)")
        #expect(line(after: 11.5, done: 2) == "deleted 2 of 50 (4 %), 2/s")
        #expect(line(after: 14.5, done: 14) == "deleted 14 of 50 (28 %), 3.5/s, 11 s left")
    }

    @Test mutating func `the end says what was done, and how long it took`() {
        _ = move(100_000_000, from: 0, to: 10)
        reading.objects = Meter.Share(done: 3, total: 3)
        let traffic = MeterLine.Traffic(sent: 1_200_000, received: 3000)
        #expect(display.summary(reading, nil, at: .seconds(165)) == "copied 1.0 GB in 1 min 5 s")
        #expect(
            display.summary(reading, traffic, at: .seconds(112))
                == "copied 1.0 GB in 12 s, sent 1.2 MB, received 3.0 kB")
    }
}
