internal import ModmetaStore

/// What one process knows of collections in its store: read once, and again whenever it must be certain.
actor CondemnationWatch {
    private var last: Condemnation?

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

    /// Notes what was read elsewhere.
    func note(_ read: Condemnation) { last = read }
}
