internal import ModmetaFormats

extension Collector {
    /// Publishes a new epoch and the list of what is dead; if somebody else is faster, theirs.
    func condemn(_ survey: Survey) async throws -> Bool {
        let document: [UInt8]
        do {
            document = try await store.read(.format, limit: StoreFormat.byteLimit)
        } catch let error as StoreError where error.code == .missing {
            throw StoreError(.noStore, "there is no \(ObjectKey.format.path) in the store: it is not a modmeta store")
        }
        var format = try StoreFormat.read(document)
        guard try format.collection() == nil else { return true }
        let list = CondemnedList(survey.dead.prefix(CondemnedList.limit).lazy.map(\.member))
        let bytes = list.serialized()
        guard try CondemnedList(parsing: bytes) == list else {
            throw StoreError(.corrupt, "the condemned list does not read back; please report this")
        }
        let name = SHA256.hash(bytes)
        _ = try await store.put(.condemned(name), .bytes(bytes))
        format.epoch += 1
        format = format.with(CollectionState(list: name, condemned: now()))
            .requiringToWrite(StoreFormat.collectionFeature)
        // Where somebody else was faster, theirs is the collection that goes on.
        _ = try await store.publish(format.serialized(), expected: document, listing: name)
        return true
    }

    /// Ends a collection whose list is lost, as after a copy of the store that was broken off.
    func dropLostList() async throws {
        var watch = SweepWatch(lease: lease, clock: clock)
        while true {
            let document = (try? await store.read(.format, limit: StoreFormat.byteLimit)) ?? []
            guard let format = try? StoreFormat(parsing: document), let state = try format.collection(),
                try await store.size(of: .condemned(state.list)) == nil
            else { return }
            let current = Condemnation(document: document, format: format, state: state, list: CondemnedList([]))
            // Whoever is deleting has the list in memory, and ends the collection.
            guard state.underway.isEmpty || watch.hasStoodStill(current) else {
                try await watch.pause()
                continue
            }
            if try await store.compareAndSwapFormat(expected: document, new: format.with(nil).serialized()) { return }
        }
    }
}
