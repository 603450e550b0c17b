import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Synchronization
import Testing

/// Uploads to a store that takes its time to acknowledge.
@Suite struct SlowLineTests {
    /// A store that acknowledges nothing before so many payloads are under way, or half a minute has passed.
    private final class SlowStore: ForwardingStore {
        let inner = MemoryStore()
        private let awaited: Int
        private let counts = Mutex<(underWay: Int, most: Int, failures: Int)>((0, 0, 0))

        init(awaiting awaited: Int, failures: Int = 0) {
            self.awaited = awaited
            counts.withLock { $0.failures = failures }
        }

        var mostUnderWay: Int { counts.withLock { $0.most } }

        func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
            guard key.path.hasPrefix("lfs/") else { return try await inner.put(key, content) }
            let fails = counts.withLock { counts in
                counts.underWay += 1
                counts.most = max(counts.most, counts.underWay)
                counts.failures -= 1
                return counts.failures >= 0
            }
            let start = ContinuousClock.now
            while mostUnderWay < awaited, ContinuousClock.now - start < .seconds(30) {
                try await Task.sleep(for: .milliseconds(1))
            }
            counts.withLock { $0.underWay -= 1 }
            if fails { throw StoreError(.unavailable, "the line is down") }
            return try await inner.put(key, content)
        }
    }

    /// A file of sixteen chunks.
    private static let file = SyntheticCheckpoint(
        seed: 3, shapes: (0..<16).map { ("layer.\($0).weight", 64, 128) }
    ).file()

    private static func context(_ bench: Workbench) -> TransferContext {
        var context = bench.context()
        context.sizes = TransferSizes(chunks: ChunkSizes(minimum: 8 << 10, target: 16 << 10), wholeLimit: 1 << 10)
        return context
    }

    @Test func morePayloadsAreUnderWayThanThereAreSlots() async throws {
        let wanted = 9
        let store = SlowStore(awaiting: wanted)
        let bench = try Workbench(store: store)
        let context = Self.context(bench)
        try #require(context.slots.count < wanted)
        let object = try bench.add(Self.file)
        try await Uploader(context: context, history: nil)
            .upload(object, size: UInt64(Self.file.count), path: bench.path(of: object)) { _ in }
        #expect(store.mostUnderWay >= wanted, "\(store.mostUnderWay)")
        #expect(try await bench.fetch(object, size: Self.file.count) == Self.file)
    }

    @Test func aPayloadThatCannotBeSentEndsTheUpload() async throws {
        let store = SlowStore(awaiting: 2, failures: 1)
        let bench = try Workbench(store: store)
        let context = Self.context(bench)
        let object = try bench.add(Self.file)
        await #expect(throws: StoreError.self) {
            try await Uploader(context: context, history: nil)
                .upload(object, size: UInt64(Self.file.count), path: bench.path(of: object)) { _ in }
        }
        #expect(try await store.size(of: .manifest(object)) == nil)
        // Given again, it goes on.
        try await Uploader(context: context, history: nil)
            .upload(object, size: UInt64(Self.file.count), path: bench.path(of: object)) { _ in }
        #expect(try await bench.fetch(object, size: Self.file.count) == Self.file)
    }
}
