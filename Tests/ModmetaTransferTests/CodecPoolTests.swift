import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// Work slots that the tasks of a job lend each other.
@Suite struct CodecPoolTests {
    private static func pool(_ directory: TemporaryDirectory) -> CodecPool {
        CodecPool(WorkSlots(directory: directory.path, count: 2, clock: .system), clock: .system)
    }

    @Test("no more tasks compute than there are slots, of two pools together, and each gets its turn")
    func slotsAreShared() async throws {
        let directory = try TemporaryDirectory()
        let pools = [Self.pool(directory), Self.pool(directory)]
        let running = Tally()
        try await withThrowingDiscardingTaskGroup { group in
            for index in 0..<80 {
                group.addTask {
                    try await pools[index % 2].withCodec { _ in
                        running.begin()
                        // Longer, all in all, than a slot is held.
                        try await Task.sleep(for: .milliseconds(30))
                        running.end()
                    }
                }
            }
        }
        #expect(running.most <= 2 && running.ended == 80)
    }

    @Test("who fails or is cancelled gives its slot on")
    func failures() async throws {
        let directory = try TemporaryDirectory()
        let pool = Self.pool(directory)
        struct Failure: Error {}
        for _ in 0..<5 {
            await #expect(throws: Failure.self) { try await pool.withCodec { _ in throw Failure() } }
        }
        let cancelled = Task {
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask { try await pool.withCodec { _ in try await Task.sleep(for: .seconds(60)) } }
                }
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(try await pool.withCodec { _ in 7 } == 7)
    }

    @Test("a pool whose slots others have waits, and ends when it is cancelled")
    func slotsOfOthers() async throws {
        let directory = try TemporaryDirectory()
        let slots = WorkSlots(directory: directory.path, count: 2, clock: .system)
        var others = [WorkSlots.Share(try await slots.acquire()), WorkSlots.Share(try await slots.acquire())]
        let pool = Self.pool(directory)
        let waiting = Task {
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await pool.withCodec { _ in } } }
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        withExtendedLifetime(others) {}
        others = []
        try await pool.withCodec { _ in }
    }
}
