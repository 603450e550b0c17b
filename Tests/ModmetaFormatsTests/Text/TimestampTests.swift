import ModmetaFormats
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"),
        (1_795_258_482, "20261121T105442Z"), (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"),
    ])
    func spellsAndParses(_ seconds: Int64, _ basic: String) {
        #expect(Timestamp(seconds: seconds).basic == basic)
        #expect(Timestamp(internet: Timestamp(seconds: seconds).internet)?.seconds == seconds)
        let digits = Array(basic.filter(\.isNumber)).map(String.init)
        let part = { (from: Int, to: Int) in digits[from..<to].joined() }
        let iso = "\(part(0, 4))-\(part(4, 6))-\(part(6, 8))T\(part(8, 10)):\(part(10, 12)):\(part(12, 14))"
        #expect(Timestamp(internet: "\(iso).123Z")?.seconds == seconds)
        #expect(Timestamp(internet: "\(iso)Z")?.seconds == seconds)
    }

    @Test func parsesHeaderFields() {
        #expect(Timestamp(http: "Sat, 21 Nov 2026 10:54:42 GMT")?.seconds == 1_795_258_482)
    }

    @Test(arguments: [
        "", "Sat, 21 Nov 2026 10:54:42", "Sat, 21 Nov 2026 25:54:42 GMT", "1", "Sat, 41 Nov 2026 10:54:42 GMT",
    ])
    func refusesOtherFields(_ text: String) { #expect(Timestamp(http: text) == nil) }

    @Test(arguments: ["", "2026-11-21T10:54:42", "2026-13-21T10:54:42Z", "99999999999999999999-01-01T00:00:00Z", "Z"])
    func refusesOtherTimes(_ text: String) { #expect(Timestamp(internet: text) == nil) }

    @Test func datesOfServers() {
        #expect(Timestamp(http: "Sun, 06 Nov 1994 08:49:37 GMT")?.seconds == 784_111_777)
        #expect(Timestamp(http: "Thu, 29 Feb 2024 00:00:00 GMT")?.seconds == 1_709_164_800)
        #expect(Timestamp(http: "yesterday") == nil && Timestamp(http: "Sun, 06 Nov 1994 08:49:37 CET") == nil)
        #expect(Timestamp(internet: "1970-01-01T00:00:00Z")?.seconds == 0)
        #expect(Timestamp(internet: "2016-11-10T15:29:07+00:00")?.seconds == 1_478_791_747)
        #expect(Timestamp(internet: "0001-01-01T00:00:00Z")?.internet == "0001-01-01T00:00:00Z")
    }
}
