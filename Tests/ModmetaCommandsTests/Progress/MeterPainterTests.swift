import ModmetaNetwork
import ModmetaStore
import Synchronization
import Testing

@testable import ModmetaCommands

@Suite struct MeterPainterTests {
    /// A screen that keeps what is written to it, and a clock that is set.
    private final class Screen: MeterScreen {
        let isTerminal: Bool
        let width: Int? = 79
        let time = Mutex(Duration.zero)
        private let texts = Mutex<[String]>([])

        init(isTerminal: Bool = true) { self.isTerminal = isTerminal }

        var written: [String] { texts.withLock { $0 } }
        func redraw(_ line: String) { texts.withLock { $0.append("draw \(line)") } }
        func clear() { texts.withLock { $0.append("clear") } }
        func keep(_ line: String) { texts.withLock { $0.append("keep \(line)") } }
    }

    private let screen = Screen()
    private let meter = Meter("fetched")

    private func painter(_ traffic: NetworkTraffic? = nil) -> MeterPainter {
        MeterPainter(meter, traffic, on: screen) { [screen] in screen.time.withLock { $0 } }
    }

    @Test func `the line is replaced, and removed at the end`() {
        let painter = painter(NetworkTraffic())
        meter.reached(1000, of: 4000)
        screen.time.withLock { $0 = .seconds(1) }
        #expect(painter.draw())
        meter.reached(2000, of: 4000)
        screen.time.withLock { $0 = .seconds(2) }
        #expect(painter.draw())
        painter.end(concludes: false)
        #expect(!painter.draw())
        #expect(
            screen.written == [
                "draw fetched 1.0 kB of 4.0 kB (25 %), 1.0 kB/s",
                "draw fetched 2.0 kB of 4.0 kB (50 %), 1.0 kB/s, 2 s left", "clear",
            ])
    }

    @Test func `a summary stays where a line was seen`() {
        let painter = painter()
        meter.reached(4000, of: 4000)
        screen.time.withLock { $0 = .seconds(3) }
        _ = painter.draw()
        painter.end(concludes: true)
        painter.end(concludes: true)
        #expect(screen.written.dropFirst() == ["clear", "keep fetched 4.0 kB in 3 s"])
    }

    @Test func `what was soon done leaves nothing`() {
        let painter = painter()
        screen.time.withLock { $0 = .milliseconds(300) }
        #expect(painter.draw())
        painter.end(concludes: true)
        #expect(screen.written.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `the line is drawn while the work keeps its thread busy, and goes with its error`()
        async throws
    {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await Meter.run("hashed", concludes: true, on: screen) { meter in
                meter.reached(10, of: 100)
                let start = ContinuousClock.now
                while screen.written.count < 2, ContinuousClock.now - start < .seconds(30) {}
                throw Stop()
            }
        }
        // Nothing had moved for a second, and it was drawn again; the error leaves no summary.
        let lines = screen.written.dropLast()
        #expect(lines.count >= 2)
        #expect(lines.allSatisfy { $0.hasPrefix("draw hashed 10 B of 100 B (10 %)") })
        #expect(screen.written.last == "clear")
    }

    @Test(.timeLimit(.minutes(5))) func `nothing is written where there is no terminal`() async throws {
        let file = Screen(isTerminal: false)
        try await Meter.run("hashed", concludes: true, on: file) { meter in
            meter.reached(10, of: 100)
            try await Task.sleep(for: .seconds(1.2))
        }
        #expect(file.written.isEmpty)
    }
}
