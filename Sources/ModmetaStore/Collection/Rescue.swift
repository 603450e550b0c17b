internal import ModmetaFormats

/// Takes objects that somebody needs out of a collection.
public struct Rescue: Sendable {
    private let store: any ObjectStore
    private let lease: Duration
    private let clock: CollectionClock

    /// Prepares rescues in a store.
    ///
    /// - Parameter lease: how long a sweep may stand still before it counts as broken off.
    public init(store: any ObjectStore, lease: Duration = Sweep.lease, clock: CollectionClock = .system) {
        self.store = store
        self.lease = lease
        self.clock = clock
    }

    /// Returns once none of the objects is condemned, with what the store then says.
    ///
    /// Objects that are condemned are taken from the list. Those that are being deleted right now are waited for; they
    /// are gone then, or, where whoever deleted them is gone, taken from the list too, there or not.
    ///
    /// - Parameter known: what was read of the store before.
    public func rescue(
        _ members: some Sequence<CondemnedList.Member>, knowing known: Condemnation? = nil
    ) async throws -> Condemnation {
        let members = Array(members)
        var known = known
        var watch = SweepWatch(lease: lease, clock: clock)
        while true {
            let current = try await Condemnation.read(from: store, knowing: known)
            known = current
            guard let state = current.state else { return current }
            let positions = members.compactMap { current.position(of: $0) }
            if positions.isEmpty { return current }
            let saved = Set(positions.filter { $0 >= state.sweeping })
            if !saved.isEmpty {
                try await remove(saved, from: current, state)
            } else if watch.hasStoodStill(current) {
                try await Sweep(store: store).release(current)
            } else {
                try await watch.pause()
            }
        }
    }

    /// Publishes a list without some members; does nothing where the document has changed meanwhile.
    private func remove(_ positions: Set<Int>, from current: Condemnation, _ state: CollectionState) async throws {
        let members = current.list.members
        var rest = Array(members[state.underway])
        for position in state.sweeping..<members.count where !positions.contains(position) {
            rest.append(members[position])
        }
        var next = state
        next.swept = 0
        next.sweeping = state.underway.count
        try await store.replace(current, by: next, listing: CondemnedList(ordered: rest))
    }
}

extension ObjectStore {
    /// Publishes another list for a collection that is under way.
    ///
    /// - Returns: whether the format document still was the one that is known, and so was replaced.
    @discardableResult
    func replace(
        _ current: Condemnation, by state: CollectionState, listing list: CondemnedList
    ) async throws -> Bool {
        guard let document = current.document, let format = current.format, let old = current.state else {
            return false
        }
        if list.members.isEmpty {
            // Nothing is left to delete, and no claim can be on it.
            guard try await compareAndSwapFormat(expected: document, new: format.with(nil).serialized()) else {
                return false
            }
        } else {
            let bytes = list.serialized()
            let name = SHA256.hash(bytes)
            _ = try await put(.condemned(name), .bytes(bytes))
            var state = state
            state.list = name
            let isPublished = try await publish(
                format.with(state).serialized(), expected: document, listing: name)
            guard isPublished else { return false }
        }
        try await delete(.condemned(old.list))
        return true
    }

    /// Replaces the format document by one that names a condemned list, or removes the list again.
    ///
    /// - Returns: whether the document was replaced, also where the store's first answer was lost and it now says no.
    func publish(_ document: [UInt8], expected: [UInt8], listing list: Digest) async throws -> Bool {
        if try await compareAndSwapFormat(expected: expected, new: document) { return true }
        // The list's name is ours alone, so whoever names it has it from this call.
        if try await format().collection()?.list == list { return true }
        try await delete(.condemned(list))
        return false
    }
}
