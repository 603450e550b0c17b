import Testing

@testable import ModmetaTransfer

/// How a window follows a line.
@Suite struct LineStateTests {
    /// A line and a window that is always full: rounds of transfers of one place each, until the width settles.
    private static func settle(
        _ state: LineState = LineState(), rounds: Int = 60, payload: Int = 4_000_000,
        rate: (_ streams: Int) -> Double
    ) -> LineState {
        var state = state
        var now = state.latest
        for _ in 0..<rounds * 40 {
            let streams = state.width
            let duration = Duration.seconds(Double(payload * streams) / rate(streams))
            now += duration / streams
            state.note(LineState.Transfer(bytes: payload, duration: duration, hasWaited: true), at: now)
        }
        return state
    }

    @Test("a line that is full with the usual window keeps about that")
    func saturatedLine() {
        let state = Self.settle { _ in 25e6 }
        #expect((LineState.usual...LineState.usual * 3 / 2).contains(state.width))
        #expect(abs(state.rate - 25e6) < 2e6)
        #expect(!state.isSlow)
    }

    @Test("where every stream has its own limit, the window becomes as wide as it may")
    func longLine() {
        let state = Self.settle { Double($0) * 2e6 }
        #expect(state.width == TransferWindow.placeLimit)
    }

    @Test("a slow line gets few streams, and gets more again when it is fast")
    func slowLine() {
        let slow = Self.settle { _ in 0.2e6 }
        #expect(slow.width == LineState.narrowest)
        #expect(slow.isSlow && abs(slow.rate - 0.2e6) < 0.05e6)
        let fast = Self.settle(slow) { Double($0) * 2e6 }
        #expect(fast.width == TransferWindow.placeLimit && !fast.isSlow)
    }

    @Test("transfers that fail after a long time make a line slow")
    func brokenLine() {
        var state = LineState()
        for moment in 1...8 {
            state.note(
                LineState.Transfer(bytes: 0, duration: .seconds(60), hasWaited: true),
                at: .seconds(60) + .seconds(moment))
        }
        #expect(state.isSlow && state.rate == 0 && state.width < LineState.usual)
    }

    @Test("a window that has room says nothing about the line")
    func idleWindow() {
        var state = LineState()
        for moment in 1...1000 {
            state.note(
                LineState.Transfer(bytes: 1_000_000, duration: .milliseconds(50), hasWaited: false),
                at: .milliseconds(50 * moment))
        }
        #expect(state.width == LineState.usual && state.rate == 0)
    }

    @Test("time that was not used, or begins anew, is not counted")
    func pauses() {
        var state = LineState()
        var now = Duration.seconds(1000)
        for _ in 0..<3 {
            for _ in 0..<7 {
                now += .seconds(1)
                state.note(LineState.Transfer(bytes: 1_000_000, duration: .seconds(1), hasWaited: true), at: now)
            }
            now += .seconds(3600)
        }
        #expect(state.rate == 0)
        for moment in 1...8 {
            state.note(
                LineState.Transfer(bytes: 1_000_000, duration: .seconds(1), hasWaited: true), at: .seconds(moment))
        }
        #expect(abs(state.rate - 1e6) < 1e5)
    }

    @Test("what is written down is read again, and anything else is not believed")
    func coding() throws {
        let state = Self.settle(rounds: 3) { Double($0) * 1e6 }
        let read = try #require(LineRecord.state(of: LineRecord.text(of: state)))
        #expect(read.width == state.width && read.count == state.count && read.isSlow == state.isSlow)
        #expect(abs(read.rate - state.rate) < 1)
        #expect(LineRecord.state(of: LineRecord.text(of: read)) == read)
        for text in [
            "", "modmeta line 1: ", "modmeta line 2: 16 0 0 0 0 0 0 0 0 0 0 0",
            "modmeta line 1: 16 0 0 0 0 0 0 0 0 0 0",
            "modmeta line 1: 0 0 0 0 0 0 0 0 0 0 0 0", "modmeta line 1: 33 0 0 0 0 0 0 0 0 0 0 0",
            "modmeta line 1: 16 0 0 0 0 -1 0 0 0 0 0 0", "modmeta line 1: 16 0 0 9223372036854775807 0 0 0 0 0 0 0 0",
            "modmeta line 1: 16 0 0 0 0 0 0 0 0 1 0 0",
        ] { #expect(LineRecord.state(of: text) == nil, "\(text)") }
        #expect(LineRecord.state(of: "modmeta line 1: 16 0 0 0 0 0 0 0 0 0 0 0   \n") == LineState())
    }
}
