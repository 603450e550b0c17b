import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// What holders of a slot know of those who wait for one.
@Suite struct WorkSlotsTests {
    @Test("a slot is wanted while somebody waits for one, and only then")
    func whoWaitsIsSeen() async throws {
        let directory = try TemporaryDirectory()
        let (waits, waitsNow) = AsyncStream.makeStream(of: Void.self)
        let clock = TransferClock(
            elapsed: TransferClock.system.elapsed, secondsSince1970: TransferClock.system.secondsSince1970,
            sleep: { pause in
                waitsNow.yield()
                try await TransferClock.system.sleep(pause)
            })
        let slots = WorkSlots(directory: directory.path, count: 1, clock: clock)
        var held: WorkSlots.Share? = WorkSlots.Share(try await slots.acquire())
        #expect(!slots.isWanted)
        let waiting = Task { WorkSlots.Share(try await slots.acquire()) }
        let givingUp = Task { WorkSlots.Share(try await slots.acquire()) }
        for await _ in waits { break }
        #expect(slots.isWanted)
        givingUp.cancel()
        _ = await givingUp.result
        // Another process's slots, as it were.
        #expect(WorkSlots(directory: directory.path, count: 1, clock: .system).isWanted)
        withExtendedLifetime(held) {}
        held = nil
        let taken = try await waiting.value
        #expect(!slots.isWanted)
        withExtendedLifetime(taken) {}
    }
}
