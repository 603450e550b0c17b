import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaNetwork

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
        let (store, _) = try await BucketStore.create(bucket, objectFormat: .sha256)
        #expect(bucket.paths == ["HEAD", "config", "modmeta/format.fffffffffffffffe"])
        let config = String(decoding: try await bucket.read("config", limit: 1000), as: UTF8.self)
        #expect(config.contains("objectformat = sha256") && config.contains("bare = true"))
        let again = try await BucketStore.create(bucket)
        #expect(try await again.format.id == store.format().id)
    }

    @Test func manyMakersMakeOneStore() async throws {
        let bucket = MemoryBucket()
        let ids = try await withThrowingTaskGroup(of: StoreFormat.ID.self) { group in
            for _ in 0..<16 { group.addTask { try await BucketStore.create(bucket).format.id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test func replacingTheFormatNeedsConditions() async throws {
        let (store, _) = try await BucketStore.create(MemoryBucket(honoursConditions: false))
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

    private static let firstFormat = FormatGeneration(number: 1).path

    /// What a store is asked for while something is done, in the order of the alphabet as some of it is at the same time.
    private func requests(of bucket: MemoryBucket, _ body: () async throws -> Void) async throws -> [String] {
        let before = bucket.requests.count
        try await body()
        return bucket.requests.dropFirst(before).map(\.description).sorted()
    }

    @Test func makingAStoreTakesFiveRequests() async throws {
        let bucket = MemoryBucket()
        let asked = try await requests(of: bucket) { _ = try await BucketStore.create(bucket) }
        #expect(
            asked == [
                "list modmeta/format.", "put HEAD", "put config", "put \(Self.firstFormat)",
                "read \(Self.firstFormat)",
            ])
    }

    /// Each of the many agents of a push opens the store; what is known of it needs no further question.
    @Test(arguments: [false, true])
    func openingAStoreTakesTwoRequests(creates: Bool) async throws {
        let bucket = MemoryBucket()
        let made = try await BucketStore.create(bucket)
        let asked = try await requests(of: bucket) {
            let opened = try await creates ? BucketStore.create(bucket) : BucketStore.open(bucket)
            #expect(opened.format == made.format)
        }
        #expect(asked == ["list modmeta/format.", "read \(Self.firstFormat)"])
    }

    /// Two requests, and one round trip: neither is answered before both are asked.
    @Test(.timeLimit(.minutes(5))) func theFirstGenerationIsAskedForWhileTheNewestIsLookedFor() async throws {
        let bucket = MemoryBucket()
        let made = try await BucketStore.create(bucket)
        let meeting = MeetingBucket(bucket, of: ["list modmeta/format.", "read \(Self.firstFormat)"])
        #expect(try await BucketStore.open(meeting).format == made.format)
    }

    @Test func aLaterGenerationGoesBeforeTheFirst() async throws {
        let bucket = MemoryBucket()
        let (store, format) = try await BucketStore.create(bucket)
        var next = format
        next.epoch = 7
        #expect(try await store.compareAndSwapFormat(expected: format.serialized(), new: next.serialized()))
        let asked = try await requests(of: bucket) {
            let opened = try await BucketStore.open(bucket)
            #expect(opened.format == next)
        }
        #expect(
            asked == [
                "list modmeta/format.", "read \(FormatGeneration(number: 2).path)", "read \(Self.firstFormat)",
            ])
    }

    /// Each object of a push asks twice what the document says.
    @Test func formatThatDidNotChangeIsReadOnce() async throws {
        let bucket = MemoryBucket()
        let (store, _) = try await BucketStore.open(await BucketStore.create(bucket).store.files)
        let other = BucketStore(files: bucket)
        let old = try await store.read(.format, limit: StoreFormat.byteLimit)
        let asked = try await requests(of: bucket) {
            for _ in 0..<10 {
                let document = try await store.read(.format, limit: StoreFormat.byteLimit)
                #expect(document == old)
            }
        }
        #expect(asked == [String](repeating: "list modmeta/format.", count: 10))
        // What another process writes is seen at once.
        #expect(try await other.compareAndSwapFormat(expected: old, new: [1, 2]))
        #expect(try await store.read(.format, limit: StoreFormat.byteLimit) == [1, 2])
    }

    @Test func gitsFilesThatAreThereStay() async throws {
        for honoursConditions in [true, false] {
            let bucket = MemoryBucket(honoursConditions: honoursConditions)
            _ = try await bucket.put("HEAD", .bytes([1]), .always)
            _ = try await BucketStore.create(bucket)
            #expect(try await bucket.read("HEAD", limit: 10) == [1])
            #expect(bucket.paths.contains("config"))
        }
    }

    @Test func asksForManySizesAtOnce() async throws {
        let store = BucketStore(files: MemoryBucket())
        let keys = (0..<100).map { ObjectStoreContract.key([UInt8($0)]) }
        for key in keys.prefix(50) { _ = try await store.put(key, .bytes([1])) }
        #expect(try await store.sizes(of: keys) == (0..<100).map { $0 < 50 ? 1 : nil })
    }
}
