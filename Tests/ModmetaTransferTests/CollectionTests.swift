import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Synchronization
import Testing

@Suite struct CollectionTests {
    /// The refs of a store, as far as they lead to LFS objects.
    final class Refs: LiveObjects {
        private let objects = Mutex<Set<ObjectID>>([])

        func add(_ object: ObjectID) { objects.withLock { _ = $0.insert(object) } }
        func forEach(_ body: (ObjectID) throws -> Void) async throws { try objects.withLock { $0 }.forEach(body) }
    }

    /// Two versions of a checkpoint of 700 kB, and a file so small that it is stored whole.
    private let first: [UInt8]
    private let second: [UInt8]
    private let small = [UInt8](repeating: 7, count: 900)

    init() {
        var model = SyntheticCheckpoint(seed: 3, shapes: [("a.weight", 400, 512), ("b.weight", 300, 512)])
        first = model.file()
        model.train()
        second = model.file()
    }

    private func collect(_ store: any ObjectStore, _ refs: Refs) async throws {
        let collector = Collector(store: store, live: refs, grace: 0, lease: .seconds(2)) { bytes in
            let manifest = try Manifest(parsing: bytes)
            try manifest.validate()
            return manifest
        }
        _ = try await collector.collect()
    }

    private func makeStore() async throws -> MemoryStore {
        let store = MemoryStore()
        _ = try await store.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        return store
    }

    /// What git-lfs and the remote helper do of a push: weights, the ref, and a look whether a collection got in between.
    private func push(_ bytes: [UInt8], after previous: [ObjectID], to store: any ObjectStore, _ refs: Refs)
        async throws
    {
        let bench = try Workbench(store: store)
        let context = bench.context()
        let object = try bench.add(bytes)
        let uploader = Uploader(context: context, history: FixedHistory(previous: previous))
        try await uploader.upload(object, size: UInt64(bytes.count), path: bench.path(of: object)) { _ in }
        try await context.lookForCollections()
        while try await !context.canRebuild(object, size: UInt64(bytes.count)) {
            try await uploader.upload(object, size: UInt64(bytes.count), path: bench.path(of: object)) { _ in }
            try await context.lookForCollections()
        }
        refs.add(object)
        if try await context.isUndisturbed() { return }
        while try await !context.secure(object, size: UInt64(bytes.count)) {
            try await uploader.upload(object, size: UInt64(bytes.count), path: bench.path(of: object)) { _ in }
        }
    }

    private func expect(_ bytes: [UInt8], in store: any ObjectStore, _ note: String) async throws {
        let object = ObjectID(SHA256.hash(bytes))
        let fetched = try? await Workbench(store: store).fetch(object, size: bytes.count)
        #expect(fetched == bytes, "\(note)")
    }

    enum Left: CaseIterable, Sendable {
        /// The version before, which no ref leads to any more.
        case deadBase
        /// The pushed version itself, which no ref leads to any more.
        case deadSelf
        /// A small file that was stored whole and is not needed any more.
        case deadWhole
    }

    /// A store with garbage in it, and what is pushed to it.
    private func scene(_ left: Left) async throws -> (store: MemoryStore, pushed: [UInt8], base: [ObjectID]) {
        let store = try await makeStore()
        let bench = try Workbench(store: store)
        switch left {
        case .deadBase: return (store, second, [try await bench.push(first)])
        case .deadSelf:
            try await bench.push(second)
            return (store, second, [])
        case .deadWhole:
            try await bench.push(small)
            return (store, small, [])
        }
    }

    @Test(arguments: Left.allCases)
    func `a push survives a whole collection between any two of its steps`(_ left: Left) async throws {
        var moment = 0
        while true {
            let (store, pushed, base) = try await scene(left)
            let refs = Refs()
            let interrupted = InterruptedStore(store, at: moment) { try await collect(store, refs) }
            try await push(pushed, after: base, to: interrupted, refs)
            try await expect(pushed, in: store, "\(left), collection before call \(moment)")
            try await collect(store, refs)
            try await expect(pushed, in: store, "\(left), collection before call \(moment), and one after the push")
            guard interrupted.wasInterrupted else { break }
            moment += 1
        }
        #expect(moment > 5)
    }

    @Test(arguments: Left.allCases)
    func `a collection harms no push that runs between any two of its steps`(_ left: Left) async throws {
        var moment = 0
        while true {
            let (store, pushed, base) = try await scene(left)
            let refs = Refs()
            // A push may wait for a step of this collection, which waits for the push: so it runs beside it.
            let pushing = Mutex<Task<Void, any Error>?>(nil)
            let interrupted = InterruptedStore(store, at: moment) {
                let task = Task { try await push(pushed, after: base, to: store, refs) }
                pushing.withLock { $0 = task }
                try await Task.sleep(for: .milliseconds(150))
            }
            try await collect(interrupted, refs)
            if let task = pushing.withLock({ $0 }) { try await task.value } else { break }
            try await expect(pushed, in: store, "\(left), push before call \(moment)")
            try await collect(store, refs)
            try await expect(pushed, in: store, "\(left), push before call \(moment), and a collection after it")
            moment += 1
        }
        #expect(moment > 5)
    }

    @Test func `what refs need stays, and all else goes`() async throws {
        let store = try await makeStore()
        let refs = Refs()
        let bench = try Workbench(store: store)
        let old = try await bench.push(first)
        try await push(second, after: [old], to: store, refs)
        let orphan = PayloadID(SHA256.hash([1, 2, 3]))
        _ = try await store.put(.payload(orphan), .bytes([1, 2, 3]))
        try await bench.push(small)
        try await collect(store, refs)
        try await expect(second, in: store, "what a ref leads to")
        #expect(try await store.size(of: .manifest(old)) == nil)
        #expect(try await store.size(of: .payload(orphan)) == nil)
        #expect(try await store.size(of: .object(ObjectID(SHA256.hash(small)))) == nil)
        var sketches = 0
        try await store.list(.sketches) { _ in sketches += 1 }
        #expect(sketches == 1)
        let format = try await store.format()
        #expect(format.epoch == 1)
        #expect(try format.collection() == nil)
    }

    @Test func `what a broken off sweep has claimed is rescued, not deleted`() async throws {
        let (store, pushed, _) = try await scene(.deadSelf)
        let refs = Refs()
        let object = ObjectID(SHA256.hash(pushed))
        let failing = DeletionFails(inner: store)
        await #expect(throws: StoreError.self) { try await collect(failing, refs) }
        #expect(try await store.format().collection()?.claim != 0)
        let current = try await Rescue(store: store, lease: .milliseconds(100))
            .rescue([.init(.manifests, object.digest)])
        #expect(!current.isCondemned(.init(.manifests, object.digest)))
        // Its owner alone had found out that nobody needs it, and that was long ago.
        #expect(try await store.size(of: .manifest(object)) != nil)
        #expect(try await store.format().collection()?.claim == 0)
        try await push(pushed, after: [], to: store, refs)
        try await expect(pushed, in: store, "pushed after the claim was taken away")
        try await collect(store, refs)
        try await expect(pushed, in: store, "collected after that")
    }

    @Test func `what was proven before a collection does not count after it`() async throws {
        let store = try await makeStore()
        let bench = try Workbench(store: store)
        let context = bench.context()
        try await bench.push(second)
        try await context.lookForCollections()
        #expect(try await context.canRebuild(ObjectID(SHA256.hash(second)), size: UInt64(second.count)))
        try await collect(store, Refs())
        // Whoever asks about another object sees the collection; that says nothing about the first one.
        _ = try await context.wasCollected(ObjectID(SHA256.hash(small)))
        _ = try await context.secure(ObjectID(SHA256.hash(small)), size: UInt64(small.count))
        #expect(try await !context.isUndisturbed())
    }
}

/// A store in which nothing can be deleted.
private struct DeletionFails: ForwardingStore {
    let inner: MemoryStore

    func delete(_ key: ObjectKey) async throws { throw StoreError(.unavailable, "the line is dead") }
}
