import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaTransfer

/// What arrives while something else is decoded, or written.
@Suite struct PipelineTests {
    /// A store whose answers take a while, and which counts what is asked for.
    private final class DistantStore: ForwardingStore {
        let inner: MemoryStore
        let reads = Tally()
        private let asked = Mutex<[ObjectKey: Int]>([:])
        private let ranges = Mutex<[Range<UInt64>]>([])
        /// After so many ranges the line is dead.
        let rangeLimit = Mutex(Int.max)

        init(_ inner: MemoryStore) { self.inner = inner }

        var mostOftenAsked: Int { asked.withLock { $0.values.max() ?? 0 } }
        var rangeBytes: UInt64 { ranges.withLock { $0.reduce(0) { $0 + UInt64($1.count) } } }

        func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
            guard key.path.hasPrefix("lfs/") else { return try await inner.read(key, limit: limit) }
            asked.withLock { $0[key, default: 0] += 1 }
            return try await slowly { try await inner.read(key, limit: limit) }
        }

        func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
            let isDead = ranges.withLock { ranges in
                let isDead = rangeLimit.withLock { ranges.count >= $0 }
                if !isDead { ranges.append(range) }
                return isDead
            }
            if isDead { throw StoreError(.unavailable, "the line is dead") }
            return try await slowly { try await inner.read(key, range: range) }
        }

        private func slowly(_ read: () async throws -> [UInt8]) async throws -> [UInt8] {
            reads.begin()
            defer { reads.end() }
            try await Task.sleep(for: .milliseconds(.random(in: 20...60)))
            return try await read()
        }
    }

    private static let model = SyntheticCheckpoint(
        seed: 5, shapes: (0..<24).map { ("layer.\($0).weight", 64, 128) })

    private static func context(_ bench: Workbench) -> TransferContext {
        var context = bench.context()
        context.sizes = TransferSizes(chunks: ChunkSizes(minimum: 8 << 10, target: 16 << 10), wholeLimit: 1 << 10)
        return context
    }

    private static func push(
        _ file: [UInt8], to bench: Workbench, after previous: [ObjectID] = []
    ) async throws -> ObjectID {
        let object = try bench.add(file)
        try await Uploader(context: context(bench), history: FixedHistory(previous: previous))
            .upload(object, size: UInt64(file.count), path: bench.path(of: object)) { _ in }
        return object
    }

    @Test("payloads of many chunks and of their bases are on their way at the same time, each once")
    func payloadsArriveTogether() async throws {
        let store = MemoryStore()
        let bench = try Workbench(store: store)
        var model = Self.model
        let first = try await Self.push(model.file(), to: bench)
        model.train()
        // In another order, so that a chunk has parts of several others as its base, and they of several chunks.
        let file = model.file(order: Array((0..<24).reversed()))
        let object = try await Self.push(file, to: bench, after: [first])
        #expect(try await bench.manifest(of: object).entries.contains { $0.encoding == .delta })

        let distant = DistantStore(store)
        let reader = try Workbench(store: distant)
        let partial = try await Downloader(context: Self.context(reader)).download(
            object, size: UInt64(file.count)
        ) { _ in }
        #expect(try contents(of: partial.path) == file)
        #expect(distant.reads.most > reader.context().slots.count + 2)
        #expect(distant.mostOftenAsked == 1)
    }

    @Test("an object that is stored whole arrives in many ranges, and what was there when the line died stays")
    func wholeObjectsAreGoneOnWith() async throws {
        let store = MemoryStore()
        let bench = try Workbench(store: store)
        let file = (0..<30_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let object = try bench.add(file)
        _ = try await bench.store.put(.object(object), .bytes(file))
        let distant = DistantStore(store)
        distant.rangeLimit.withLock { $0 = 4 }
        let reader = try Workbench(store: distant)
        await #expect(throws: StoreError.self) { try await reader.fetch(object, size: file.count) }
        distant.rangeLimit.withLock { $0 = .max }
        #expect(try await reader.fetch(object, size: file.count) == file)
        #expect(distant.reads.most > 2)
        // The first range is there in any case; those behind it as far as they came in order.
        #expect(distant.rangeBytes < UInt64(file.count) + 3 * (4 << 20) + 1)
    }

    @Test("what is there of another object is noticed, and brought again")
    func foreignPrefix() async throws {
        let bench = try Workbench()
        let file = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 40_503 >> 7) }
        let object = try bench.add(file)
        _ = try await bench.store.put(.object(object), .bytes(file))
        let reader = try Workbench(store: bench.store)
        let partial = "\(reader.directory.path)/partial/deep/\(object)"
        try PartialFile.create("\(reader.directory.path)/partial/deep")
        var wrong = file
        wrong[5] ^= 1
        try write(wrong, to: partial)
        #expect(try await reader.fetch(object, size: file.count) == file)
    }

    @Test("a payload that several want is read once, and again if that failed")
    func sharedPayloads() async throws {
        let shared = SharedPayloads()
        let reads = Tally()
        let asking = Tally()
        struct Failure: Error {}
        let read: @Sendable (Bool) async throws -> [UInt8] = { fails in
            reads.begin()
            defer { reads.end() }
            // Not before all who want it have asked.
            repeat { try await Task.sleep(for: .milliseconds(30)) } while asking.ended % 5 != 0
            if fails { throw Failure() }
            return [1, 2, 3]
        }
        for (fails, expected) in [(true, 1), (false, 2)] {
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        asking.begin()
                        asking.end()
                        let bytes = try? await shared.bytes(of: 7, unless: { false }, read: { try await read(fails) })
                        return bytes == [1, 2, 3]
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == [Bool](repeating: !fails, count: 5))
            #expect(reads.ended == expected)
        }
        _ = try await shared.bytes(of: 7, unless: { false }, read: { try await read(false) })
        #expect(reads.ended == 2)
        await shared.drop(7)
        #expect(try await shared.bytes(of: 7, unless: { true }, read: { try await read(false) }) == nil)
        #expect(reads.ended == 2)
        _ = try await shared.bytes(of: 7, unless: { false }, read: { try await read(false) })
        #expect(reads.ended == 3)
    }
}
