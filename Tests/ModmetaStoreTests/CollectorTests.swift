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
        live: Set<ObjectID> = [], grace: Int64, after seconds: Int64, lost: Set<ObjectID> = [],
        parse: @escaping StoreAudit.ManifestParser = { _ in throw FormatError(.malformed, "no manifest", offset: 0) }
    ) -> Collector {
        let now = start + seconds
        return Collector(
            store: store, live: ListedObjects(live), grace: grace, lost: lost, now: { now }, parseManifest: parse)
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

    /// While one collection looks through the store, another ends it and condemns anew, by refs that were moved since.
    @Test func `a list that another collection condemned meanwhile is not swept`() async throws {
        struct Overtaken: LiveObjects {
            let objects: Set<ObjectID>
            let meanwhile: @Sendable () async throws -> Void
            func forEach(_ body: (ObjectID) throws -> Void) async throws {
                try await meanwhile()
                try objects.forEach(body)
            }
        }
        _ = try await collector(live: [whole], grace: 100, after: 200).collect()
        let other = collector(grace: 100, after: 400)
        let live = Overtaken(objects: [whole]) { _ = try await other.collect() }
        let now = start + 400
        let outcome = try await Collector(store: store, live: live, grace: 100, now: { now }) { _ in
            throw FormatError(.malformed, "no manifest", offset: 0)
        }.collect()
        #expect(outcome.deletedCount == 0)
        #expect(try await store.size(of: .object(whole)) == 1)
        #expect(try await store.format().epoch == 2)
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

    @Test func `a damaged manifest that is needed stops the collection, unless its object is lost`() async throws {
        let needed = ObjectID(SHA256.hash([3]))
        _ = try await store.put(.manifest(needed), .bytes([1]))
        let error = await #expect(throws: UnaccountedObjects.self) {
            _ = try await collector(live: [whole, needed], grace: 0, after: 0).collect()
        }
        #expect(error?.members.map(\.object) == [needed])
        #expect(try await store.size(of: .object(payload)) == 1)
        #expect(try await store.format().epoch == 0)
        let lost = try await collector(live: [whole, needed], grace: 0, after: 0, lost: [needed]).collect()
        #expect(lost.deletedCount == 1)
        #expect(lost.survey?.lostCount == 1)
        // Nobody needs it: it goes without being read.
        let outcome = try await collector(live: [], grace: 0, after: 0).collect()
        #expect(outcome.deletedCount == 2)
    }

    /// What of an object with a manifest is not there.
    enum Gap: CaseIterable, Sendable {
        case nothing, manifest, manifestUnreadable, manifestUnknown, payload, payloadCut, manifestNotListed, everything
    }

    @Test(arguments: Gap.allCases, [0, 100] as [Int64])
    func `nothing is deleted while something live cannot be accounted for`(_ gap: Gap, grace: Int64) async throws {
        let memory = MemoryStore(clock: { 0 })
        _ = try await memory.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        let (live, dead) = (ObjectID(SHA256.hash([50])), ObjectID(SHA256.hash([51])))
        for byte in UInt8(50)...51 {
            _ = try await memory.put(.manifest(ObjectID(SHA256.hash([byte]))), .bytes([byte]))
            _ = try await memory.put(.payload(PayloadID(SHA256.hash([byte, 1]))), .bytes([byte, 1]))
        }
        let parse: StoreAudit.ManifestParser = { bytes in
            if bytes[0] == 99 { throw FormatError(.unsupportedVersion, "new", offset: 0) }
            let entry = Manifest.Entry(
                payload: PayloadID(SHA256.hash([bytes[0], 1])), payloadLength: 2, chunk: ChunkID(SHA256.hash([9])),
                rawLength: 3, encoding: .raw)
            return Manifest(
                object: ObjectID(SHA256.hash(bytes)), layout: .opaque(size: 3), entries: [entry], chunks: [0])
        }
        func collect(_ store: any ObjectStore, at now: Int64) async throws -> Collector.Outcome {
            try await Collector(
                store: store, live: ListedObjects([live]), grace: grace, now: { now }, parseManifest: parse
            )
            .collect()
        }
        let faulty = GappedStore(inner: memory, gap: gap, object: live)
        // What was condemned while all was well is looked up again.
        if grace > 0 { #expect(try await collect(memory, at: 1000).condemnedCount == 2) }
        let before = try await memory.read(.format, limit: 1 << 20)
        do {
            _ = try await collect(faulty, at: 2000)
            #expect(gap == .nothing || gap == .manifestNotListed)
            #expect(try await memory.size(of: .manifest(dead)) == nil)
        } catch {
            #expect(gap != .nothing && gap != .manifestNotListed, "\(error)")
            #expect(try await memory.size(of: .manifest(dead)) == 1)
            #expect(try await memory.size(of: .payload(PayloadID(SHA256.hash([51, 1])))) == 2)
            #expect(try await memory.read(.format, limit: 1 << 20) == before)
        }
        #expect(try await memory.size(of: .manifest(live)) == 1)
        #expect(try await memory.size(of: .payload(PayloadID(SHA256.hash([50, 1])))) == 2)
    }

    @Test func `the chunk itself stands for a lost payload, and stays`() async throws {
        let memory = MemoryStore(clock: { 0 })
        _ = try await memory.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        let live = ObjectID(SHA256.hash([60]))
        _ = try await memory.put(.manifest(live), .bytes([60]))
        _ = try await memory.put(.object(ObjectID(SHA256.hash([7, 7]))), .bytes([7, 7]))
        _ = try await memory.put(.object(payload), .bytes([1]))
        let collector = Collector(store: memory, live: ListedObjects([live]), grace: 0) { _ in
            let entry = Manifest.Entry(
                payload: PayloadID(SHA256.hash([61])), payloadLength: 1, chunk: ChunkID(SHA256.hash([7, 7])),
                rawLength: 2, encoding: .full)
            return Manifest(object: live, layout: .opaque(size: 2), entries: [entry], chunks: [0])
        }
        #expect(try await collector.collect().deletedCount == 1)
        #expect(try await memory.size(of: .object(ObjectID(SHA256.hash([7, 7])))) == 2)
    }

    @Test func `the first deletion, and one of more than half, needs a word`() async throws {
        struct Refused: Error {}
        var planned: [PlannedDeletion] = []
        let first = collector(live: [whole], grace: 0, after: 0)
        await #expect(throws: Refused.self) {
            _ = try await first.collect(consent: {
                planned.append($0)
                throw Refused()
            })
        }
        #expect(planned.first?.isFirst == true)
        #expect(planned.first?.isRemarkable == true)
        #expect(planned.first?.going.count == 1)
        #expect(planned.first?.stored.count == 2)
        #expect(try await store.format().epoch == 0)
        #expect(try await first.collect().deletedCount == 1)
        for bytes in [[5], [6]] as [[UInt8]] {
            _ = try await store.put(.object(ObjectID(SHA256.hash(bytes))), .bytes(bytes))
        }
        planned = []
        _ = try await collector(live: [whole, ObjectID(SHA256.hash([5]))], grace: 0, after: 0)
            .collect(consent: { planned.append($0) })
        #expect(planned.map(\.isRemarkable) == [false])
        _ = try await collector(live: [], grace: 0, after: 0).collect(consent: { planned.append($0) })
        #expect(planned.map(\.isRemarkable) == [false, true])
    }

    @Test func `refs that change or vanish after a claim stop the deletions`() async throws {
        let refs = ChangingRefs(live: [whole])
        let now = start
        func collector(_ store: any ObjectStore) -> Collector {
            Collector(store: store, live: refs, grace: 0, now: { now }) { _ in
                throw FormatError(.malformed, "no manifest", offset: 0)
            }
        }
        refs.afterClaim = { $0.fails = true }
        await #expect(throws: StoreError.self) {
            _ = try await collector(WatchedStore(inner: store, refs: refs)).collect()
        }
        #expect(try await store.size(of: .object(payload)) == 1)
        #expect(try await store.format().collection()?.claim == 0)
        refs.reset()
        let payload = payload
        refs.afterClaim = { $0.live.insert(payload) }
        #expect(try await collector(WatchedStore(inner: store, refs: refs)).collect().deletedCount == 0)
        #expect(try await store.size(of: .object(payload)) == 1)
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
        let outcome = try await collector(live: [whole], grace: 0, after: 0).collect(progress: { progress in
            if case .deleted(let done, of: 601) = progress { deleted.withLock { $0.append(done) } }
        })
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

/// A store of which something is not seen.
private struct GappedStore: ForwardingStore {
    let inner: MemoryStore
    let gap: CollectorTests.Gap
    let object: ObjectID

    private func isHidden(_ key: ObjectKey) -> Bool {
        switch gap {
        case .everything: key.path.hasPrefix("modmeta/manifests") || key.path.hasPrefix("lfs/")
        case .manifest: key == .manifest(object)
        case .payload: key == .payload(PayloadID(SHA256.hash([50, 1])))
        default: false
        }
    }

    func size(of key: ObjectKey) async throws -> UInt64? { try await sizes(of: [key])[0] }

    func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        zip(keys, try await inner.sizes(of: keys)).map { key, size in
            isHidden(key) ? nil : gap == .payloadCut && key.path.hasPrefix("lfs/") ? 1 : size
        }
    }

    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        if isHidden(key) { throw StoreError(.missing, "away") }
        if gap == .manifestUnreadable, key == .manifest(object) { throw StoreError(.system, "Input/output error") }
        if gap == .manifestUnknown, key == .manifest(object) { return [99] }
        return try await inner.read(key, limit: limit)
    }

    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await inner.list(family) { member in
            if gap == .manifestNotListed, family == .manifests, member.digest == object.digest { return }
            let key =
                family == .manifests ? ObjectKey.manifest(ObjectID(member.digest)) : .object(ObjectID(member.digest))
            guard family == .sketches || !isHidden(key) else { return }
            let size = gap == .payloadCut && family == .objects ? 1 : member.size
            try await visit(ListedObject(digest: member.digest, size: size, modified: member.modified))
        }
    }
}

/// Refs that change once somebody has claimed something.
private final class ChangingRefs: LiveObjects, Sendable {
    struct State {
        var live: Set<ObjectID>
        var fails = false
    }

    private let state: Mutex<State>
    private let change = Mutex<(@Sendable (inout State) -> Void)?>(nil)
    private let original: Set<ObjectID>

    init(live: Set<ObjectID>) {
        original = live
        state = Mutex(State(live: live))
    }

    var afterClaim: (@Sendable (inout State) -> Void)? {
        get { change.withLock { $0 } }
        set { change.withLock { $0 = newValue } }
    }

    func reset() { state.withLock { $0 = State(live: original) } }

    func claimed() {
        guard let change = change.withLock({ $0 }) else { return }
        state.withLock { change(&$0) }
    }

    func forEach(_ body: (ObjectID) throws -> Void) async throws {
        let now = state.withLock { $0 }
        if now.fails { throw StoreError(.system, "cannot list") }
        try now.live.forEach(body)
    }

    func mark() async throws -> Digest? {
        let now = state.withLock { $0 }
        if now.fails { throw StoreError(.system, "cannot list") }
        return SHA256.hash(now.live.sorted().flatMap(\.digest.bytes))
    }
}

/// A store that says when something is claimed.
private struct WatchedStore: ForwardingStore {
    let inner: LocalStore
    let refs: ChangingRefs

    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        let isSwapped = try await inner.compareAndSwapFormat(expected: expected, new: new)
        if isSwapped, try StoreFormat(parsing: new).collection()?.claim ?? 0 != 0 { refs.claimed() }
        return isSwapped
    }
}
