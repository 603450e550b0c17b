import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite struct CollectorTests {
    /// A store with the payload `[1]`, the whole object `[2]` and nothing else, stored at the time of the test.
    private let directory: TemporaryDirectory
    private let store: LocalStore
    private let start = Collector.time()
    private let payload = ObjectID(SHA256.hash([1]))
    private let whole = ObjectID(SHA256.hash([2]))

    init() async throws {
        directory = try TemporaryDirectory()
        store = try await LocalStore.create(at: directory.path("store"))
        for byte in UInt8(1)...2 { _ = try await store.put(.object(ObjectID(SHA256.hash([byte]))), .bytes([byte])) }
    }

    private func collector(
        live: Set<ObjectID> = [], grace: Int64, after seconds: Int64,
        parse: @escaping StoreAudit.ManifestParser = { _ in throw FormatError(.malformed, "no manifest", offset: 0) }
    ) -> Collector {
        let now = start + seconds
        return Collector(store: store, live: ListedObjects(live), grace: grace, now: { now }, parseManifest: parse)
    }

    @Test func `nothing young is condemned, and nothing is deleted before its time`() async throws {
        #expect(try await collector(grace: 100, after: 50).collect().due == nil)
        #expect(try await store.format().epoch == 0)

        let condemned = try await collector(live: [whole], grace: 100, after: 200).collect()
        #expect(condemned.condemnedCount == 1)
        #expect(condemned.condemnedBytes == 1)
        #expect(condemned.due == start + 300)
        #expect(try await store.format().epoch == 1)
        #expect(try await store.foreignFiles().isEmpty)

        let early = try await collector(live: [whole], grace: 100, after: 299).collect()
        #expect(early.deletedCount == 0)
        #expect(early.due == start + 300)
        #expect(try await store.size(of: .object(payload)) == 1)

        // What nobody needs any more since then is condemned in turn.
        let late = try await collector(grace: 100, after: 300).collect()
        #expect(late.deletedCount == 1)
        #expect(late.deletedBytes == 1)
        #expect(late.condemnedCount == 1)
        #expect(try await store.size(of: .object(payload)) == nil)
        #expect(try await store.size(of: .object(whole)) == 1)
        #expect(try await store.format().epoch == 2)
    }

    @Test func `what is needed again is not deleted`() async throws {
        _ = try await collector(grace: 100, after: 200).collect()
        let outcome = try await collector(live: [payload, whole], grace: 100, after: 400).collect()
        #expect(outcome.deletedCount == 0)
        #expect(outcome.due == nil)
        #expect(try await store.format().collection() == nil)
        #expect(try await store.size(of: .object(payload)) == 1)
        #expect(try directory.names("store/modmeta/condemned").isEmpty)
    }

    @Test func `a rehearsal changes nothing`() async throws {
        let before = try await store.read(.format, limit: 1 << 20)
        let outcome = try await collector(live: [whole], grace: 0, after: 0).rehearse()
        #expect(outcome.survey?.dead.map(\.member) == [.init(.objects, payload.digest)])
        #expect(outcome.survey?.deadBytes == 1)
        #expect(try await store.read(.format, limit: 1 << 20) == before)
        #expect(try await store.size(of: .object(payload)) == 1)
    }

    @Test func `manifests and sketches that were looked at are counted`() async throws {
        let objects = Set((1...2).map { ObjectID(SHA256.hash([40, $0])) })
        for number in UInt8(1)...2 {
            _ = try await store.put(.manifest(ObjectID(SHA256.hash([40, number]))), .bytes([number]))
        }
        let sketch: [UInt8] = [7]
        _ = try await store.put(.sketch(SHA256.hash(sketch)), .bytes(sketch))
        let collector = collector(live: objects, grace: 0, after: 0) { bytes in
            Manifest(object: ObjectID(SHA256.hash([40, bytes[0]])), layout: .opaque(size: 0), entries: [], chunks: [])
        }
        var steps: [CollectionProgress] = []
        _ = try await collector.rehearse { steps.append($0) }
        #expect(steps == [.surveyed(1, of: 2), .surveyed(2, of: 2), .surveyed(3, of: 3)])
    }

    @Test func `a manifest that is needed and cannot be read stops the collection`() async throws {
        _ = try await store.put(.manifest(whole), .bytes([1]))
        let error = await #expect(throws: StoreError.self) {
            _ = try await collector(live: [whole], grace: 0, after: 0).collect()
        }
        #expect(error?.code == .corrupt)
        #expect(try await store.size(of: .object(payload)) == 1)
        // Nobody needs it: it goes without being read.
        let outcome = try await collector(live: [], grace: 0, after: 0).collect()
        #expect(outcome.deletedCount == 3)
    }

    @Test func `a collection whose list is lost is given up`() async throws {
        _ = try await collector(grace: 100, after: 200).collect()
        let state = try #require(try await store.format().collection())
        try await store.delete(.condemned(state.list))
        await #expect(throws: StoreError.self) {
            try await Rescue(store: store).rescue([.init(.objects, whole.digest)])
        }
        let outcome = try await collector(grace: 100, after: 200).collect()
        #expect(outcome.condemnedCount == 2)
        #expect(try await store.format().epoch == 2)
    }

    @Test func `more than one step's worth is deleted`() async throws {
        for number in 0..<600 {
            let bytes = [UInt8(number >> 8), UInt8(number & 255), 0]
            _ = try await store.put(.object(ObjectID(SHA256.hash(bytes))), .bytes(bytes))
        }
        let deleted = Mutex<[Int]>([])
        let outcome = try await collector(live: [whole], grace: 0, after: 0).collect { progress in
            if case .deleted(let done, of: 601) = progress { deleted.withLock { $0.append(done) } }
        }
        #expect(outcome.deletedCount == 601)
        #expect(deleted.withLock { $0.last } == 601)
        #expect(deleted.withLock { $0.count } >= 2)
        #expect(try await store.size(of: .object(whole)) == 1)
        #expect(try await store.format().collection() == nil)
    }

    @Test func `a bucket is collected like a directory`() async throws {
        let bucket = try await BucketStore.create(MemoryBucket()).store
        for byte in UInt8(1)...2 { _ = try await bucket.put(.object(ObjectID(SHA256.hash([byte]))), .bytes([byte])) }
        let now = start + 200
        func collector(_ live: Set<ObjectID>, grace: Int64) -> Collector {
            Collector(store: bucket, live: ListedObjects(live), grace: grace, now: { now }) { _ in
                throw FormatError(.malformed, "no manifest", offset: 0)
            }
        }
        #expect(try await collector([], grace: 100).collect().condemnedCount == 2)
        let rescued = try await Rescue(store: bucket).rescue([.init(.objects, payload.digest)])
        #expect(rescued.state != nil)
        #expect(try await collector([payload], grace: 0).collect().deletedCount == 1)
        #expect(try await bucket.size(of: .object(payload)) == 1)
        #expect(try await bucket.size(of: .object(whole)) == nil)
        #expect(try await bucket.format().epoch == 1)
        #expect(try await bucket.format().collection() == nil)
    }
}
