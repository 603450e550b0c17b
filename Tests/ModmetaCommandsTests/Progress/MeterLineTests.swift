import Testing

@testable import ModmetaCommands

@Suite struct MeterLineTests {
    private let line = MeterLine(
        reading: Meter.Reading(
            title: "copied", done: 1_500_000, total: 6_000_000, objects: Meter.Share(done: 3, total: 12)),
        rate: 500_000, secondsLeft: 8.2, traffic: MeterLine.Traffic(sent: 70_000, received: 500))

    @Test(arguments: [
        (200, "copied 1.5 MB of 6.0 MB (25 %), 500 kB/s, 9 s left, sent 70.0 kB, received 500 B, 3 of 12 objects"),
        (89, "copied 1.5 MB of 6.0 MB (25 %), 500 kB/s, 9 s left, sent 70.0 kB, received 500 B"),
        (70, "copied 1.5 MB of 6.0 MB (25 %), 500 kB/s, 9 s left, sent 70.0 kB"),
        (60, "copied 1.5 MB of 6.0 MB (25 %), 500 kB/s, 9 s left"),
        (40, "copied 1.5 MB of 6.0 MB (25 %), 500 kB/s"),
        (39, "copied 1.5 MB of 6.0 MB (25 %)"),
        (29, "copied 1.5 MB of 6.0 MB"),
        (10, "copied 1.5"),
    ])
    func `what does not fit is left out, the least important first`(_ width: Int, _ text: String) {
        #expect(line.text(width: width) == text)
    }

    @Test func `the greater traffic comes first, and none is not named`() {
        #expect(MeterLine.Traffic(sent: 3, received: 4000).parts == ["received 4.0 kB", "sent 3 B"])
        #expect(MeterLine.Traffic(sent: 0, received: 4000).parts == ["received 4.0 kB"])
        #expect(MeterLine.Traffic(sent: 0, received: 0).parts.isEmpty)
    }

    @Test func `no line is wider than it may be`() {
        for width in 1...120 { #expect(line.text(width: width).count <= width) }
    }

    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min"), (86399, "23 h 59 min"),
        (90000, "1 d 1 h"), (-3, "0 s"),
    ])
    func times(_ seconds: Int, _ text: String) { #expect(formatted(time: .seconds(seconds)) == text) }
}
