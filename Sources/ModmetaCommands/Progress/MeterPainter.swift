internal import Glibc
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// Draws a meter's line on a screen, in a thread of its own: those that work may be busy for minutes without a pause.
final class MeterPainter: Sendable {
    private static let interval: UInt32 = 100_000

    private let meter: Meter
    private let traffic: NetworkTraffic?
    private let screen: any MeterScreen
    private let clock: @Sendable () -> Duration
    /// Nil once it is over.
    private let display: Mutex<MeterDisplay?>

    init(
        _ meter: Meter, _ traffic: NetworkTraffic?, on screen: any MeterScreen,
        clock: @escaping @Sendable () -> Duration
    ) {
        (self.meter, self.traffic, self.screen, self.clock) = (meter, traffic, screen, clock)
        display = Mutex(MeterDisplay(meter.reading, Self.reading(of: traffic), at: clock()))
    }

    /// Starts the thread; it ends soon after `end`.
    func start() {
        // Without the thread only the line is missing.
        try? DedicatedThread.start { while self.draw() { usleep(Self.interval) } }
    }

    /// Draws the line if it is time to; false once it is over.
    func draw() -> Bool {
        display.withLock { display in
            let line = display?.line(meter.reading, Self.reading(of: traffic), at: clock(), width: screen.width)
            if let line { screen.redraw(line) }
            return display != nil
        }
    }

    /// Removes the line; after that nothing is drawn any more.
    ///
    /// - Parameter concludes: whether a line that stays says what was done, if there was anything to see.
    func end(concludes: Bool) {
        display.withLock { display in
            guard let last = display, last.hasDrawn else {
                display = nil
                return
            }
            display = nil
            screen.clear()
            guard concludes else { return }
            screen.keep(last.summary(meter.reading, Self.reading(of: traffic), at: clock()))
        }
    }

    private static func reading(of traffic: NetworkTraffic?) -> MeterLine.Traffic? {
        traffic.map { MeterLine.Traffic(sent: $0.sent, received: $0.received) }
    }
}

extension Meter {
    /// Does a long piece of work, and shows on a terminal how far it has come.
    ///
    /// - Parameters:
    ///   - title: what is done to what is counted: "copied".
    ///   - traffic: what goes over the network for it.
    ///   - concludes: whether a line stays that says what was done, where it took long.
    static func run<Result>(
        _ title: String, counting traffic: NetworkTraffic? = nil, concludes: Bool = false,
        on screen: any MeterScreen = StandardErrorScreen(), _ work: (Meter) async throws -> Result
    ) async throws -> Result {
        let meter = Meter(title)
        guard screen.isTerminal else { return try await work(meter) }
        let start = ContinuousClock.now
        let painter = MeterPainter(meter, traffic, on: screen) { ContinuousClock.now - start }
        painter.start()
        do {
            let result = try await work(meter)
            painter.end(concludes: concludes)
            return result
        } catch {
            painter.end(concludes: false)
            throw error
        }
    }
}
