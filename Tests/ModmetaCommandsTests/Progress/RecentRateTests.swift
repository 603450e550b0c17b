import Testing

@testable import ModmetaCommands

@Suite struct RecentRateTests {
    private var rate = RecentRate(from: 0, at: .zero)

    @Test mutating func `it takes a second to be told`() {
        rate.record(100, at: .milliseconds(900))
        #expect(rate.value(at: .milliseconds(999)) == nil)
        #expect(rate.value(at: .seconds(1)) == 100)
    }

    @Test mutating func `what came before the window does not count`() {
        for step in 1...100 { rate.record(UInt64(step) * 1000, at: .milliseconds(100 * step)) }
        for step in 101...150 { rate.record(100_000 + UInt64(step - 100) * 10, at: .milliseconds(100 * step)) }
        #expect(rate.value(at: .seconds(15)) == 100)
    }

    @Test mutating func `rare large steps are seen over a longer time`() {
        // 100 each 4 seconds: of the last 5 seconds one step alone would be seen, or two.
        for step in 1...10 { rate.record(UInt64(step) * 100, at: .seconds(4 * step)) }
        #expect(rate.value(at: .seconds(40)) == 25)
        let between = rate.value(at: .milliseconds(43_900))
        #expect(between.map { $0 > 18 && $0 < 26 } == true)
    }

    @Test mutating func `a standstill of a minute is a rate of nothing`() {
        for step in 1...10 { rate.record(UInt64(step) * 100, at: .seconds(step)) }
        rate.record(1000, at: .seconds(70))
        #expect(rate.value(at: .seconds(70)) == 0)
    }

    @Test mutating func `an amount that shrinks begins anew`() {
        rate.record(1000, at: .seconds(2))
        rate.record(0, at: .seconds(3))
        #expect(rate.value(at: .seconds(3)) == nil)
        rate.record(50, at: .seconds(4))
        #expect(rate.value(at: .seconds(5)) == 25)
    }
}
