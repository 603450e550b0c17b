import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite struct StoreCopierTests {
    /// A directory with two payloads that a manifest names, a large whole object, and a sketch.
    private let directory: TemporaryDirectory
    private let source: LocalStore
    private let payloads: [[UInt8]] = [
        ObjectStoreContract.bytes(1000, seed: 1), ObjectStoreContract.bytes(2000, seed: 2),
    ]
    private let large = ObjectStoreContract.bytes(17 << 20, seed: 3)
    private let version = ObjectID(SHA256.hash([1]))
    private let manifest: Manifest

    init() async throws {
        directory = try TemporaryDirectory()
        source = try await LocalStore.create(at: directory.path("source"))
        for bytes in payloads + [large] { _ = try await source.put(ObjectStoreContract.key(bytes), .bytes(bytes)) }
        let entries = payloads.map { bytes in
            Manifest.Entry(
                payload: PayloadID(SHA256.hash(bytes)), payloadLength: bytes.count, chunk: ChunkID(SHA256.hash(bytes)),
                rawLength: bytes.count, encoding: .full)
        }
        manifest = Manifest(object: version, layout: .opaque(size: 3000), entries: entries, chunks: [0, 1])
        _ = try await source.put(.manifest(version), .bytes([42]))
        let sketch = ObjectStoreContract.bytes(30, seed: 77)
        _ = try await source.put(.sketch(SHA256.hash(sketch)), .bytes(sketch))
    }

    private func copy(
        from source: any ObjectStore, to destination: any ObjectStore,
        progress: @escaping @Sendable (StoreProgress) -> Void = { _ in }
    ) async throws -> CopyReport {
        let manifest = manifest
        return try await StoreCopier(from: source, to: destination, scratch: directory.path) { bytes in
            guard bytes == [42] else { throw FormatError(.malformed, "no manifest", offset: 0) }
            return manifest
        }.copy(progress: progress)
    }

    private func makeMemory() async throws -> MemoryStore {
        let store = MemoryStore()
        _ = try await store.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        return store
    }

    @Test func `a copy holds the same, and a second one copies nothing`() async throws {
        let middle = try await makeMemory()
        #expect(try await copy(from: source, to: middle).copied.count == 5)
        // From a store that is no directory, large objects pass through a file.
        let end = try await LocalStore.create(at: directory.path("end"))
        let report = try await copy(from: middle, to: end)
        #expect(report.copied.count == 5)
        #expect(report.failures.isEmpty)
        #expect(try await end.read(ObjectStoreContract.key(large), limit: .max) == large)
        #expect(try await end.read(.manifest(version), limit: .max) == [42])
        let again = try await copy(from: source, to: end)
        #expect(again.copied.count == 0)
        #expect(again.present.count == 5)
        #expect(try directory.names(".").sorted() == ["end", "source"])
    }

    @Test func `only what comes across counts, a large object as it comes`() async throws {
        let middle = try await makeMemory()
        let steps = Mutex<[StoreProgress]>([])
        _ = try await copy(from: source, to: middle)
        let end = try await LocalStore.create(at: directory.path("end"))
        _ = try await end.put(ObjectStoreContract.key(payloads[1]), .bytes(payloads[1]))
        _ = try await copy(from: middle, to: end) { step in steps.withLock { $0.append(step) } }
        let seen = steps.withLock { $0 }
        let total = UInt64(large.count + 1000 + 30 + 1)
        #expect(seen.first?.bytesTotal == total + 2000)
        #expect(seen.map(\.bytesDone) == seen.map(\.bytesDone).sorted())
        #expect(seen.last?.bytesDone == total)
        #expect(seen.last?.bytesTotal == total)
        #expect(seen.last?.objectsDone == 4)
        #expect(seen.last?.objectsTotal == 4)
        // It comes in blocks of 4 MiB.
        #expect(seen.contains { $0.bytesDone >= 4 << 20 && $0.bytesDone <= 13 << 20 })
    }

    @Test func `what is damaged or incomplete is named and not copied`() async throws {
        var damaged = payloads[1]
        damaged[5] ^= 1
        try directory.write("source/\(ObjectStoreContract.key(payloads[1]).path)", damaged)
        let destination = try await makeMemory()
        let report = try await copy(from: source, to: destination)
        #expect(report.copied.count == 3)
        #expect(report.failures.map(\.key) == [ObjectStoreContract.key(payloads[1]), .manifest(version)])
        #expect(try await destination.size(of: .manifest(version)) == nil)
    }

    @Test func `what the destination has condemned is rescued`() async throws {
        let destination = try await makeMemory()
        _ = try await copy(from: source, to: destination)
        let now = Collector.time() + 1000
        let collector = Collector(store: destination, live: ListedObjects([]), grace: 100, now: { now }) { _ in
            throw FormatError(.malformed, "no manifest", offset: 0)
        }
        #expect(try await collector.collect().condemnedCount == 5)
        #expect(try await copy(from: source, to: destination).present.count == 5)
        #expect(try await destination.format().collection() == nil)
    }

    @Test func `a store is not copied onto itself`() async throws {
        await #expect(throws: StoreError.self) { _ = try await copy(from: source, to: source) }
    }
}
