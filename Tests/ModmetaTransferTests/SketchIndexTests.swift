import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaTransfer

/// How often sketches are read.
@Suite struct SketchIndexTests {
    private struct CountingStore: ForwardingStore {
        let inner = MemoryStore()
        let reads = Tally()
        let listings = Tally()

        func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
            listings.begin()
            defer { listings.end() }
            try await inner.list(family, visit: visit)
        }

        func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
            reads.begin()
            defer { reads.end() }
            try await Task.sleep(for: .milliseconds(5))
            return try await inner.read(key, limit: limit)
        }
    }

    private static func add(_ number: Int, to store: some ObjectStore) async throws -> Sketch {
        let sketch = Sketch(
            object: ObjectID(SHA256.hash([UInt8(number)])), size: 1000, stored: UInt64(number),
            features: [UInt64(number), UInt64(number) + 1000])
        let bytes = sketch.serialized()
        _ = try await store.put(.sketch(SHA256.hash(bytes)), .bytes(bytes))
        return sketch
    }

    private static func index(_ state: StateDatabase, clock: TransferClock = .system) -> SketchIndex {
        SketchIndex(state: state, storeID: "test", clock: clock)
    }

    private static func all(_ index: SketchIndex, in store: any ObjectStore) async throws -> Set<ObjectID> {
        Set(try await index.latest(1000, in: store, excluding: []))
    }

    @Test("sketches are read many at a time, and by no later agent of the repository again")
    func readOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = CountingStore()
        var sketches: Set<ObjectID> = []
        for number in 0..<40 { sketches.insert(try await Self.add(number, to: store).object) }
        let path = directory.path("state.sqlite")
        let first = Self.index(StateDatabase(path: path))
        #expect(try await Self.all(first, in: store) == sketches)
        #expect(store.reads.ended == 40 && store.reads.most > 4)
        sketches.insert(try await Self.add(40, to: store).object)
        let second = Self.index(StateDatabase(path: path))
        for _ in 0..<2 { #expect(try await Self.all(second, in: store) == sketches) }
        #expect(store.reads.ended == 41)
    }

    @Test("damaged sketches are passed over, in the store and in the database")
    func damage() async throws {
        let directory = try TemporaryDirectory()
        let store = CountingStore()
        let sound = try await Self.add(1, to: store)
        let wrong = SHA256.hash([1, 2, 3])
        _ = try await store.put(.sketch(wrong), .bytes([1, 2, 4]))
        let state = StateDatabase(path: directory.path("state.sqlite"))
        #expect(try await Self.all(Self.index(state), in: store) == [sound.object])
        #expect(state.sketch(wrong) == nil)
        state.record(sketch: SHA256.hash(sound.serialized()), [9, 9, 9])
        #expect(try await Self.all(Self.index(state), in: store) == [sound.object])
    }

    @Test("a store is listed once for many searches, and again after a while or for what is expected")
    func listings() async throws {
        let directory = try TemporaryDirectory()
        let store = CountingStore()
        let state = StateDatabase(path: directory.path("state.sqlite"))
        let time = Mutex(Duration.zero)
        let index = Self.index(
            state,
            clock: TransferClock(
                elapsed: { time.withLock { $0 } }, secondsSince1970: { 0 }, sleep: { try await Task.sleep(for: $0) }))
        let first = try await Self.add(1, to: store).object
        for _ in 0..<50 { #expect(try await Self.all(index, in: store) == [first]) }
        #expect(store.listings.ended == 1)
        // What another agent of this repository publishes is known without a listing.
        let other = try await Self.add(2, to: MemoryStore())
        let bytes = other.serialized()
        StateDatabase(path: directory.path("state.sqlite"))
            .recordPublished(SHA256.hash(bytes), bytes, store: "test")
        let elsewhere = try await Self.add(4, to: MemoryStore()).serialized()
        state.recordPublished(SHA256.hash(elsewhere), elsewhere, store: "another")
        #expect(try await Self.all(index, in: store) == [first, other.object])
        await index.expect(other.object)
        #expect(try await Self.all(index, in: store) == [first, other.object] && store.listings.ended == 1)
        let third = try await Self.add(3, to: store).object
        await index.expect(third)
        #expect(try await Self.all(index, in: store) == [first, other.object, third])
        let last = try await Self.add(5, to: store).object
        time.withLock { $0 = .seconds(100) }
        await index.forget(first)
        #expect(try await Self.all(index, in: store) == [other.object, third, last])
        #expect(store.listings.ended == 3)
    }

    @Test("of files with the same features the latest is chosen, however many there are")
    func groups() throws {
        var table = SketchTable()
        let features = Set((0..<20).map { UInt64($0) })
        func object(_ number: Int) -> ObjectID { ObjectID(SHA256.hash(Array("\(number)".utf8))) }
        func sketch(_ number: Int, _ features: Set<UInt64>) -> Sketch {
            Sketch(object: object(number), size: UInt64(number), stored: UInt64(number), features: features)
        }
        table.add((0..<500).reversed().map { sketch($0, features) })
        table.add([sketch(1000, [3, 99]), sketch(1001, [7777])])
        let found = table.candidates(for: features, excluding: [object(499)])
        #expect(Set(found.map(\.object)) == [object(498), object(1000)])
        #expect(table.latest(3, upTo: 700, excluding: [object(498)]) == [499, 497, 496].map(object))
        let alike = table.alike(features, leastShare: 0.9, excluding: [object(498)], limit: 3)
        #expect(alike == [499, 497, 496].map(object))
        #expect(table.alike([7777, 1, 2, 3, 4, 5], leastShare: 0.9, excluding: [], limit: 3).isEmpty)
    }
}
