internal import ModmetaFormats
internal import ModmetaStore

/// The sketches of a store, each read once for a repository.
///
/// The store is listed when they are first needed, and now and then later. What this repository itself publishes meanwhile is
/// in its database, where all its agents find it at once.
actor SketchIndex {
    /// How many are read at the same time.
    private static let width = 16
    /// How long a listing serves at least, and how many times the time that it took.
    private static let (leastAge, durationFactor) = (Duration.seconds(60), 20)

    private let state: StateDatabase
    private let storeID: String
    private let clock: TransferClock
    private var table = SketchTable()
    private var names: Set<Digest> = []
    private var objects: Set<ObjectID> = []
    /// Objects that turned out not to be in the store.
    private var lost: Set<ObjectID> = []
    /// The last row of the database that was read.
    private var lastRow: Int64 = 0
    /// When the store is listed again; nil before it was listed.
    private var nextListing: Duration?

    /// Creates an index that has read nothing yet, but finds what was read before in a database.
    init(state: StateDatabase, storeID: String, clock: TransferClock) {
        self.state = state
        self.storeID = storeID
        self.clock = clock
    }

    // MARK: Searching

    /// Whether the store has no sketches.
    func isEmpty(in store: any ObjectStore) async throws -> Bool {
        try await refresh(from: store)
        return table.isEmpty
    }

    /// Stored files that together have the tensors of a new one, see `SketchCover`.
    func cover(
        of layout: Layout, in store: any ObjectStore, excluding known: Set<ObjectID>, limit: Int, leastGain: Double
    ) async throws -> [ObjectID] {
        try await refresh(from: store)
        let candidates = table.candidates(for: Sketch.features(of: layout), excluding: known.union(lost))
        return SketchCover(of: layout).choose(from: candidates, limit: limit, leastGain: leastGain)
    }

    /// The files stored last, the last one first.
    func latest(
        _ limit: Int, upTo size: UInt64 = .max, in store: any ObjectStore, excluding known: Set<ObjectID>
    ) async throws -> [ObjectID] {
        try await refresh(from: store)
        return table.latest(limit, upTo: size, excluding: known.union(lost))
    }

    /// The latest files that are known to be alike, without a look at the store.
    func alike(_ layout: Layout, leastShare: Double, excluding known: Set<ObjectID>, limit: Int) -> [ObjectID] {
        takePublished()
        return table.alike(
            Sketch.features(of: layout), leastShare: leastShare, excluding: known.union(lost), limit: limit)
    }

    /// Notes that an object was not in the store after all.
    func forget(_ object: ObjectID) { lost.insert(object) }

    /// Lists the store at the next search, unless an object is known.
    func expect(_ object: ObjectID) {
        takePublished()
        if !objects.contains(object) { nextListing = nil }
        lost.remove(object)
    }

    // MARK: Reading

    private func refresh(from store: any ObjectStore) async throws {
        takePublished()
        let begin = clock.elapsed()
        // Without the database nothing says what the agents of this repository publish.
        if let nextListing, begin < nextListing, state.isUsable { return }
        var listed: [Digest] = []
        try await store.list(.sketches) { listed.append($0.digest) }
        let new = listed.filter { !names.contains($0) }
        var unread: [Digest] = []
        var found: [(Digest, Sketch)] = []
        for name in new {
            if let bytes = state.sketch(name), let sketch = Self.sketch(name, bytes) {
                found.append((name, sketch))
            } else {
                unread.append(name)
            }
        }
        take(found)
        try await read(unread, from: store)
        let end = clock.elapsed()
        nextListing = end + max(Self.leastAge, (end - begin) * Self.durationFactor)
    }

    /// Takes what this repository's agents have published since the last look.
    private func takePublished() {
        let (rows, last) = state.published(in: storeID, after: lastRow)
        lastRow = last
        take(rows.compactMap { row in Self.sketch(row.name, row.bytes).map { (row.name, $0) } })
    }

    /// The index is advice: what cannot be read is passed over.
    private func read(_ names: [Digest], from store: any ObjectStore) async throws {
        var found: [(name: Digest, bytes: [UInt8]?)] = []
        try await names.concurrentForEach(
            width: Self.width, { ($0, try? await store.read(.sketch($0), limit: Sketch.sizeLimit)) },
            receive: { name, bytes in found.append((name, bytes)) })
        try Task.checkCancellation()
        take(
            found.compactMap { name, bytes in
                guard let bytes, let sketch = Self.sketch(name, bytes) else { return nil }
                state.record(sketch: name, bytes)
                return (name, sketch)
            })
    }

    private func take(_ found: [(Digest, Sketch)]) {
        let new = found.filter { names.insert($0.0).inserted }.map(\.1)
        objects.formUnion(new.map(\.object))
        table.add(new)
    }

    private static func sketch(_ name: Digest, _ bytes: [UInt8]) -> Sketch? {
        SHA256.hash(bytes) == name ? try? Sketch(parsing: bytes) : nil
    }
}
