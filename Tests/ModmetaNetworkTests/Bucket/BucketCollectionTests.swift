import ModmetaFormats
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct BucketCollectionTests {
    private let payload = ObjectID(SHA256.hash([1]))
    private let whole = ObjectID(SHA256.hash([2]))

    @Test func `a bucket is collected like a directory`() async throws {
        let bucket = try await BucketStore.create(MemoryBucket()).store
        for byte in UInt8(1)...2 { _ = try await bucket.put(.object(ObjectID(SHA256.hash([byte]))), .bytes([byte])) }
        let now = Collector.time() + 200
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
