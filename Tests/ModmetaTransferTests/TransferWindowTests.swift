import Glibc
import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// What may be under way at the same time.
@Suite struct TransferWindowTests {
    private static func window(_ directory: TemporaryDirectory, clock: TransferClock = .system) -> TransferWindow {
        TransferWindow(directory: directory.path, direction: .sending, line: "test", clock: clock)
    }

    @Test("what is under way at the same time never has more memory than the window's places")
    func memoryIsBounded() async throws {
        let directory = try TemporaryDirectory()
        let places = Tally()
        try await withThrowingDiscardingTaskGroup { group in
            for index in 0..<60 {
                // Each a window of its own, as agents have.
                let window = Self.window(directory)
                group.addTask {
                    let wanted = [1, 2, 4, 100][index % 4]
                    let passage = try await window.enter(wanted * TransferWindow.placeSize)
                    let taken = min(wanted, LineState.usual)
                    places.begin(taken)
                    try await Task.sleep(for: .milliseconds(5))
                    places.end(taken)
                    withExtendedLifetime(passage) {}
                }
            }
        }
        #expect(places.ended == 60)
        #expect((LineState.usual / 2 + 1...LineState.usual).contains(places.most), "\(places.most)")
    }

    @Test("who waits says so, and what is carried is noted")
    func waitingIsNoticed() async throws {
        let directory = try TemporaryDirectory()
        let clock = WaitingClock()
        let window = Self.window(directory, clock: clock.clock)
        var first: Passage? = try await window.enter(.max / 2)
        #expect(first?.hasWaited == false)
        let waiting = Task { try await window.enter(1) }
        await clock.waitForOneWhoWaits()
        try await first?.carry(1000) {}
        withExtendedLifetime(first) {}
        #expect(window.state.count == 1 && window.state.bytes == 1000)
        first = nil
        let second = try await waiting.value
        #expect(second.hasWaited)
        struct Failure: Error {}
        await #expect(throws: Failure.self) { try await second.carry(1000) { throw Failure() } }
        #expect(window.state.count == 2 && window.state.bytes == 1000)
    }

    @Test("a task that is cancelled while it waits leaves nothing taken")
    func cancellation() async throws {
        let directory = try TemporaryDirectory()
        let window = Self.window(directory)
        var all: Passage? = try await window.enter(.max / 2)
        let waiting = Task { try await window.enter(.max / 2) }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        withExtendedLifetime(all) {}
        all = nil
        _ = try await window.enter(.max / 2)
    }

    @Test("without a directory nothing is shared, and all goes on")
    func noDirectory() async throws {
        let window = TransferWindow(
            directory: "/nonexistent/window", direction: .receiving, line: "test", clock: .system)
        let passages = [try await window.enter(.max / 2), try await window.enter(.max / 2)]
        try await passages[0].carry(1) {}
        #expect(window.state == LineState())
    }
}
