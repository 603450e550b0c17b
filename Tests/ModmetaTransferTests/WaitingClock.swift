@testable import ModmetaTransfer

/// The clock of this machine, and whether anybody waits by it.
struct WaitingClock {
    let clock: TransferClock
    private let waits: AsyncStream<Void>

    init() {
        let (waits, beginning) = AsyncStream.makeStream(of: Void.self)
        self.waits = waits
        let system = TransferClock.system
        clock = TransferClock(
            elapsed: system.elapsed, secondsSince1970: system.secondsSince1970,
            sleep: { pause in
                beginning.yield()
                try await system.sleep(pause)
            })
    }

    /// Returns once somebody has begun to wait.
    func waitForOneWhoWaits() async {
        for await _ in waits { break }
    }
}
