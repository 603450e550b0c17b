import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite("RetryingStore")
struct RetryingStoreTests {
    /// What goes wrong with a call, before the store behind it does anything or after it did.
    private enum Fault: Sendable {
        case before(StoreError)
        case after(StoreError)
        case flipped
    }

    /// A store in memory whose next calls go wrong as told; the visits of a listing break off after the first.
    private final class FaultyStore: ObjectStore {
        let inner = MemoryStore()
        let faults: Mutex<[Fault]>
        let calls = Mutex(0)

        init(_ faults: [Fault]) { self.faults = Mutex(faults) }

        private func call<Result>(_ body: () async throws -> Result) async throws -> Result {
            calls.withLock { $0 += 1 }
            switch faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            case .before(let error): throw error
            case .after(let error):
                _ = try await body()
                throw error
            case .flipped, nil: return try await body()
            }
        }

        func size(of key: ObjectKey) async throws -> UInt64? { try await call { try await inner.size(of: key) } }
        func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
            let isFlipped = faults.withLock { if case .flipped = $0.first { true } else { false } }
            var bytes = try await call { try await inner.read(key, limit: limit) }
            if isFlipped { bytes[bytes.count / 2] ^= 4 }
            return bytes
        }
        func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
            try await call { try await inner.read(key, range: range) }
        }
        func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
            try await call { try await inner.put(key, content) }
        }
        func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
            try await call { try await inner.compareAndSwapFormat(expected: expected, new: new) }
        }
        func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
            calls.withLock { $0 += 1 }
            let fault = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            let left = Mutex(1)
            try await inner.list(family) { object in
                if case .before(let error) = fault { throw error }
                try await visit(object)
                let isOver = left.withLock {
                    $0 -= 1; return $0 <= 0
                }
                if isOver, case .after(let error) = fault { throw error }
            }
        }
        func delete(_ key: ObjectKey) async throws { try await call { try await inner.delete(key) } }
    }

    private static let dead = StoreError(.unavailable, "the line is dead")
    private let bytes = ObjectStoreContract.bytes(1000, seed: 3)
    private var key: ObjectKey { ObjectStoreContract.key(bytes) }

    private func retrying(_ store: FaultyStore) -> RetryingStore {
        RetryingStore(store, policy: RetryPolicy(attempts: 4, sleep: { _ in }))
    }

    @Test("a put whose acknowledgement was lost ends well")
    func putAcknowledgementIsLost() async throws {
        let store = FaultyStore([.after(Self.dead)])
        #expect(try await retrying(store).put(key, .bytes(bytes)) == .existed)
        #expect(try await store.inner.read(key, limit: 1000) == bytes)
    }

    @Test("every member is called again, and no more often than the policy says")
    func callsAgain() async throws {
        let store = FaultyStore([])
        _ = try await store.put(key, .bytes(bytes))
        let calls: [@Sendable (RetryingStore) async throws -> Void] = [
            { _ = try await $0.size(of: key) }, { _ = try await $0.has(key, size: 1000) },
            { _ = try await $0.sizes(of: [key]) },
            { _ = try await $0.read(key, limit: 1000) }, { _ = try await $0.read(key, range: 0..<10) },
            { _ = try await $0.put(key, .bytes(bytes)) }, { try await $0.list(.objects) { _ in } },
            { _ = try await $0.compareAndSwapFormat(expected: nil, new: [1]) }, { try await $0.delete(.format) },
        ]
        for call in calls {
            store.faults.withLock { $0 = [.before(Self.dead), .before(Self.dead)] }
            try await call(retrying(store))
            #expect(store.faults.withLock { $0.isEmpty })
        }
        store.faults.withLock { $0 = Array(repeating: .before(Self.dead), count: 100) }
        store.calls.withLock { $0 = 0 }
        await #expect(throws: StoreError.self) { try await retrying(store).read(key, limit: 1000) }
        #expect(store.calls.withLock { $0 } == 4)
    }

    @Test("flipped bytes are read again, and taken for the store's own at the third reading")
    func readsAgain() async throws {
        let store = FaultyStore([])
        _ = try await store.put(key, .bytes(bytes))
        store.faults.withLock { $0 = [.flipped, .flipped] }
        #expect(try await retrying(store).read(key, limit: 1000) == bytes)
        store.faults.withLock { $0 = [.flipped, .flipped, .flipped] }
        let error = await #expect(throws: StoreError.self) { try await retrying(store).read(key, limit: 1000) }
        #expect(error?.code == .corrupt)
    }

    @Test("after a backend's own attempts an error is final, and flipped bytes are read again all the same")
    func makesNoMoreAttempts() async throws {
        let store = FaultyStore([])
        _ = try await store.put(key, .bytes(bytes))
        store.faults.withLock { $0 = [.before(Self.dead)] }
        store.calls.withLock { $0 = 0 }
        let once = RetryingStore(store, policy: .once)
        await #expect(throws: StoreError.self) { try await once.read(key, limit: 1000) }
        #expect(store.calls.withLock { $0 } == 1)
        store.faults.withLock { $0 = [.flipped, .flipped] }
        #expect(try await once.read(key, limit: 1000) == bytes)
    }

    @Test("a range whose store got damaged bytes is read again, three times at most")
    func readsRangesAgain() async throws {
        let damaged = StoreError(.corrupt, "other bytes came")
        let store = FaultyStore([])
        _ = try await store.put(key, .bytes(bytes))
        store.faults.withLock { $0 = [.before(damaged), .before(damaged)] }
        let once = RetryingStore(store, policy: .once)
        #expect(try await once.read(key, range: 3..<9) == Array(bytes[3..<9]))
        store.faults.withLock { $0 = Array(repeating: .before(damaged), count: 3) }
        let error = await #expect(throws: StoreError.self) { try await once.read(key, range: 3..<9) }
        #expect(error?.code == .corrupt)
        #expect(store.faults.withLock { $0.isEmpty })
    }

    @Test("a damaged manifest is read again, and returned if it stays so")
    func readsManifestsAgain() async throws {
        let object = ObjectID(SHA256.hash(bytes))
        let entry = Manifest.Entry(
            payload: PayloadID(object.digest), payloadLength: bytes.count, chunk: ChunkID(object.digest),
            rawLength: bytes.count, encoding: .raw)
        let manifest = Manifest(
            object: object, layout: .opaque(size: UInt64(bytes.count)), entries: [entry], chunks: [0]
        ).serialized()
        let store = FaultyStore([])
        _ = try await store.put(.manifest(object), .bytes(manifest))
        store.faults.withLock { $0 = [.flipped] }
        #expect(try await retrying(store).read(.manifest(object), limit: 1000) == manifest)
        store.faults.withLock { $0 = [.flipped, .flipped, .flipped] }
        let damaged = try await retrying(store).read(.manifest(object), limit: 1000)
        #expect(damaged != manifest && Manifest.isUnreadable(damaged))
    }

    @Test("a bit that flipped in a manifest's version does not pass for a later version")
    func versionIsReadAgain() {
        let manifest = Manifest(object: ObjectID(SHA256.hash(bytes)), layout: .opaque(size: 0), entries: [], chunks: [])
            .serialized()
        #expect(!Manifest.isUnreadable(manifest))
        for bit in 0..<manifest.count * 8 {
            var damaged = manifest
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Manifest.isUnreadable(damaged))
        }
    }

    @Test("a listing that broke off goes on without giving an object twice")
    func listsOnce() async throws {
        let store = FaultyStore([])
        for seed in 0..<5 as Range<UInt8> {
            let bytes = ObjectStoreContract.bytes(100, seed: seed)
            _ = try await store.put(ObjectStoreContract.key(bytes), .bytes(bytes))
        }
        store.faults.withLock { $0 = [.after(Self.dead), .after(Self.dead)] }
        var visits: [Digest] = []
        try await retrying(store).list(.objects) { visits.append($0.digest) }
        #expect(visits.count == 5 && Set(visits).count == 5)
    }

    @Test("a visitor's error is not taken for the store's")
    func visitorFails() async throws {
        let store = FaultyStore([])
        _ = try await store.put(key, .bytes(bytes))
        store.calls.withLock { $0 = 0 }
        await #expect(throws: StoreError.self) { try await retrying(store).list(.objects) { _ in throw Self.dead } }
        #expect(store.calls.withLock { $0 } == 1)
    }

    @Test("a lost acknowledgement of the format document is recognised where it was created, and only there")
    func swapAcknowledgementIsLost() async throws {
        let store = FaultyStore([.after(Self.dead)])
        #expect(try await retrying(store).compareAndSwapFormat(expected: nil, new: [1]))
        store.faults.withLock { $0 = [.after(Self.dead)] }
        #expect(try await !retrying(store).compareAndSwapFormat(expected: [1], new: [2]))
        #expect(try await !retrying(store).compareAndSwapFormat(expected: nil, new: [3]))
    }
}
