internal import ModmetaStore

/// What one process knows of collections in its store: read once, and again whenever it must be certain.
actor CondemnationWatch {
    private var last: Condemnation?
    private var start: Condemnation?

    /// What the store said when it was asked last.
    func known(in store: any ObjectStore) async throws -> Condemnation {
        if let last { return last }
        return try await current(in: store)
    }

    /// What the store says now.
    func current(in store: any ObjectStore) async throws -> Condemnation {
        let read = try await Condemnation.read(from: store, knowing: last)
        last = read
        return read
    }

    /// What the store said when proof began that objects are there; later looks change nothing about that.
    func startOfProof(in store: any ObjectStore) async throws -> Condemnation {
        if let start { return start }
        return try await known(in: store)
    }

    /// Begins proof that objects are there with a look at the store.
    func startProof(in store: any ObjectStore) async throws { start = try await current(in: store) }

    /// Notes what was read elsewhere.
    func note(_ read: Condemnation) { last = read }
}
