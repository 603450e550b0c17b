import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaStore

@Suite struct BucketStoreTests {
    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func memory(_ obligation: ObjectStoreContract.Obligation) async throws {
        try await ObjectStoreContract { BucketStore(files: MemoryBucket()) }.check(obligation)
    }

    /// All but who was first, and replacing the format document.
    @Test(
        arguments: ObjectStoreContract.Obligation.allCases.filter {
            ![.formatSwap, .formatRace, .writersOfOneKey].contains($0)
        })
    func withoutConditions(_ obligation: ObjectStoreContract.Obligation) async throws {
        try await ObjectStoreContract { BucketStore(files: MemoryBucket(honoursConditions: false)) }.check(obligation)
    }

    @Test func createsAStoreThatGitTakesForABareRepository() async throws {
        let bucket = MemoryBucket()
        let absent = await storeError { try await BucketStore.open(bucket) }
        #expect(absent?.code == .noStore)
        let store = try await BucketStore.create(bucket, objectFormat: .sha256)
        #expect(bucket.paths == ["HEAD", "config", "modmeta/format.fffffffffffffffe"])
        let config = String(decoding: try await bucket.read("config", limit: 1000), as: UTF8.self)
        #expect(config.contains("objectformat = sha256") && config.contains("bare = true"))
        let again = try await BucketStore.create(bucket)
        #expect(try await again.format().id == store.format().id)
    }

    @Test func manyMakersMakeOneStore() async throws {
        let bucket = MemoryBucket()
        let ids = try await withThrowingTaskGroup(of: StoreFormat.ID.self) { group in
            for _ in 0..<16 { group.addTask { try await BucketStore.create(bucket).format().id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test func replacingTheFormatNeedsConditions() async throws {
        let store = try await BucketStore.create(MemoryBucket(honoursConditions: false))
        let bytes = try await store.format().serialized()
        let error = await storeError { try await store.compareAndSwapFormat(expected: bytes, new: bytes) }
        #expect(error?.code == .unsupported)
    }

    /// Two swaps to the same bytes: the writer's name tells whose it was.
    @Test func equalSwapsAreToldApart() async throws {
        let store = BucketStore(files: MemoryBucket())
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { try await store.compareAndSwapFormat(expected: nil, new: [1]) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test(arguments: [
        "", "modmeta/format", "modmeta/format.0", "modmeta/format.FFFFFFFFFFFFFFFE", "modmeta/format.+ffffffffffffffe",
    ])
    func foreignFormatFiles(_ path: String) { #expect(FormatGeneration(path: path) == nil) }

    @Test func newerGenerationsComeFirst() {
        #expect(FormatGeneration(number: 2).path < FormatGeneration(number: 1).path)
        #expect(FormatGeneration(path: FormatGeneration(number: 7).path)?.number == 7)
    }

    /// Each object of a push asks twice what the document says.
    @Test func formatThatDidNotChangeIsReadOnce() async throws {
        let bucket = MemoryBucket()
        let store = try await BucketStore.create(bucket)
        let other = BucketStore(files: bucket)
        let old = try await store.read(.format, limit: StoreFormat.byteLimit)
        let before = bucket.readCount
        for _ in 0..<10 { #expect(try await store.read(.format, limit: StoreFormat.byteLimit) == old) }
        #expect(bucket.readCount == before)
        // What another process writes is seen at once.
        #expect(try await other.compareAndSwapFormat(expected: old, new: [1, 2]))
        #expect(try await store.read(.format, limit: StoreFormat.byteLimit) == [1, 2])
    }

    @Test func asksForManySizesAtOnce() async throws {
        let store = BucketStore(files: MemoryBucket())
        let keys = (0..<100).map { ObjectStoreContract.key([UInt8($0)]) }
        for key in keys.prefix(50) { _ = try await store.put(key, .bytes([1])) }
        #expect(try await store.sizes(of: keys) == (0..<100).map { $0 < 50 ? 1 : nil })
    }
}
