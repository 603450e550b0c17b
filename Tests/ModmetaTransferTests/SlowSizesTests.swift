import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaTransfer

/// How files are cut where the line is slow.
@Suite struct SlowSizesTests {
    /// Takes so many payloads, and then none.
    private final class LimitedStore: ForwardingStore {
        let inner = MemoryStore()
        let limit: Mutex<Int>

        init(_ limit: Int) { self.limit = Mutex(limit) }

        func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
            if key.path.hasPrefix("lfs/") {
                let isOver = limit.withLock { limit in
                    limit -= 1
                    return limit < 0
                }
                if isOver { throw StoreError(.unavailable, "the line is dead") }
            }
            return try await inner.put(key, content)
        }
    }

    /// Makes a repository know that its line is slow.
    private static func slowDown(_ context: TransferContext) {
        let line = context.sending.record
        for moment in 1...8 {
            line.note(
                LineState.Transfer(bytes: 1_000_000, duration: .seconds(60), hasWaited: true),
                at: context.clock.elapsed() + .seconds(3600 + 10 * moment))
        }
        #expect(context.sending.state.isSlow)
    }

    private static func upload(_ object: ObjectID, _ bench: Workbench, _ file: [UInt8]) async throws {
        try await Uploader(context: bench.context(), history: nil).upload(
            object, size: UInt64(file.count), path: bench.path(of: object)
        ) { _ in }
    }

    @Test("chunks are small on a slow line, and are deltas of larger ones later")
    func smallChunks() async throws {
        let bench = try Workbench()
        var model = SyntheticCheckpoint.model()
        let first = try await bench.push(model.file())
        let usual = try await bench.manifest(of: first).chunks.count
        Self.slowDown(bench.context())
        model.train()
        let file = model.file()
        let before = try await bench.storedBytes()
        let second = try await bench.push(file, after: [first])
        let manifest = try await bench.manifest(of: second)
        #expect(manifest.chunks.count > 2 * usual)
        #expect(manifest.entries.allSatisfy { $0.rawLength <= 8 << 20 })
        #expect(try await bench.storedBytes() - before < file.count / 3)
        #expect(try await Workbench(store: bench.store).fetch(second, size: file.count) == file)
    }

    @Test("a push that was interrupted goes on with the cuts it began with")
    func cutsStay() async throws {
        let store = LimitedStore(1)
        let bench = try Workbench(store: store)
        let file = SyntheticCheckpoint.model().file()
        let object = try bench.add(file)
        await #expect(throws: StoreError.self) { try await Self.upload(object, bench, file) }
        Self.slowDown(bench.context())
        store.limit.withLock { $0 = .max }
        try await Self.upload(object, bench, file)
        #expect(try await bench.manifest(of: object).chunks.count == ChunkPlanner.plan(bench.layout(object)).count)
    }

    @Test("a push that never got a payload through is cut anew")
    func cutsChangeBeforeTheFirstPayload() async throws {
        let store = LimitedStore(0)
        let bench = try Workbench(store: store)
        let file = SyntheticCheckpoint.model().file()
        let object = try bench.add(file)
        await #expect(throws: StoreError.self) { try await Self.upload(object, bench, file) }
        Self.slowDown(bench.context())
        store.limit.withLock { $0 = 3 }
        await #expect(throws: StoreError.self) { try await Self.upload(object, bench, file) }
        store.limit.withLock { $0 = .max }
        try await Self.upload(object, bench, file)
        #expect(try await bench.manifest(of: object).chunks.count > 2 * ChunkPlanner.plan(bench.layout(object)).count)
        #expect(try await Workbench(store: store).fetch(object, size: file.count) == file)
    }
}

extension Workbench {
    fileprivate func layout(_ object: ObjectID) throws -> Layout { try LocalFile(reading: path(of: object)).layout() }
}
