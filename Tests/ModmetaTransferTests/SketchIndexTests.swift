import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// How often sketches are read.
@Suite struct SketchIndexTests {
    private struct CountingStore: ForwardingStore {
        let inner = MemoryStore()
        let reads = Tally()

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

    @Test("sketches are read many at a time, and by no later agent of the repository again")
    func readOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = CountingStore()
        var sketches: Set<ObjectID> = []
        for number in 0..<40 { sketches.insert(try await Self.add(number, to: store).object) }
        let path = directory.path("state.sqlite")
        let first = SketchIndex(state: StateDatabase(path: path))
        #expect(Set(try await first.all(in: store).map(\.object)) == sketches)
        #expect(store.reads.ended == 40 && store.reads.most > 4)
        sketches.insert(try await Self.add(40, to: store).object)
        let second = SketchIndex(state: StateDatabase(path: path))
        for _ in 0..<2 { #expect(Set(try await second.all(in: store).map(\.object)) == sketches) }
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
        #expect(try await SketchIndex(state: state).all(in: store) == [sound])
        #expect(state.sketch(wrong) == nil)
        state.record(sketch: SHA256.hash(sound.serialized()), [9, 9, 9])
        #expect(try await SketchIndex(state: state).all(in: store) == [sound])
    }
}
