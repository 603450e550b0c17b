import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// What holders of a slot know of those who wait for one.
@Suite struct WorkSlotsTests {
    @Test("a slot is wanted while somebody waits for one, and only then")
    func whoWaitsIsSeen() async throws {
        let directory = try TemporaryDirectory()
        // The same slots, as two processes see them.
        let (clock, otherClock) = (WaitingClock(), WaitingClock())
        let slots = WorkSlots(directory: directory.path, count: 1, clock: clock.clock)
        let others = WorkSlots(directory: directory.path, count: 1, clock: otherClock.clock)
        var held: WorkSlots.Share? = WorkSlots.Share(try await slots.acquire())
        #expect(!slots.isWanted)
        let waiting = Task { WorkSlots.Share(try await slots.acquire()) }
        let givingUp = Task { WorkSlots.Share(try await others.acquire()) }
        await clock.waitForOneWhoWaits()
        await otherClock.waitForOneWhoWaits()
        #expect(slots.isWanted)
        givingUp.cancel()
        _ = await givingUp.result
        #expect(others.isWanted)
        withExtendedLifetime(held) {}
        held = nil
        let taken = try await waiting.value
        #expect(!slots.isWanted)
        withExtendedLifetime(taken) {}
    }
}
