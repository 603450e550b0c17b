internal import Glibc
internal import ModmetaFormats

/// Removes from a store what no LFS object that must stay needs; docs/guides/maintenance.md.
///
/// Two calls do it: the first condemns what is dead, a later one, at least the grace period after it, looks again and
/// deletes what is still dead. Any number of pushes and fetches may run meanwhile: whoever needs a condemned object
/// rescues it (`Rescue`).
public struct Collector: Sendable {
    /// What a call came to.
    public struct Outcome: Sendable {
        /// How many objects of an earlier collection were deleted.
        public var deletedCount = 0
        /// Their bytes, where they are known.
        public var deletedBytes: UInt64 = 0
        /// How many objects are condemned now.
        public var condemnedCount = 0
        /// Their bytes, where they are known.
        public var condemnedBytes: UInt64 = 0
        /// When they may be deleted, in seconds since 1970; nil if nothing is condemned.
        public var due: Int64?
        /// What the last look through the store found; nil if there was none.
        public var survey: Survey?
    }

    private let store: any ObjectStore
    private let live: any LiveObjects
    private let grace: Int64
    private let parseManifest: StoreAudit.ManifestParser
    private let now: @Sendable () -> Int64
    private let lease: Duration

    /// Prepares a collection.
    ///
    /// - Parameters:
    ///   - live: the LFS objects that must stay.
    ///   - grace: how long an object must be dead before it is deleted, and how old it must be before it is condemned, in
    ///     seconds. With 0 one call does both.
    ///   - now: the time in seconds since 1970.
    ///   - lease: how long a sweep may stand still before it counts as broken off.
    ///   - parseManifest: parses and validates a manifest.
    public init(
        store: any ObjectStore, live: any LiveObjects, grace: Int64,
        now: @escaping @Sendable () -> Int64 = Collector.time,
        lease: Duration = Sweep.lease, parseManifest: @escaping StoreAudit.ManifestParser
    ) {
        self.store = store
        self.live = live
        self.grace = max(0, grace)
        self.now = now
        self.lease = lease
        self.parseManifest = parseManifest
    }

    /// The time of day in whole seconds since 1970.
    public static let time: @Sendable () -> Int64 = { Int64(Glibc.time(nil)) }

    /// Looks through the store, changing nothing.
    public func survey(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Survey {
        let cutoff = grace == 0 ? Int64.max : now() - grace
        return try await Surveyor(store: store, live: live, parseManifest: parseManifest, cutoff: cutoff)
            .survey(progress: progress)
    }

    /// Says what a call would come to, changing nothing.
    public func rehearse(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Outcome {
        let current = try await Condemnation.read(from: store)
        var outcome = Outcome()
        let survey = try await survey(progress: progress)
        outcome.survey = survey
        for object in survey.dead {
            if current.isCondemned(object.member), isDue(current) {
                outcome.deletedCount += 1
                outcome.deletedBytes = outcome.deletedBytes.addingSaturated(object.size)
            } else {
                outcome.condemnedCount += 1
                outcome.condemnedBytes = outcome.condemnedBytes.addingSaturated(object.size)
            }
        }
        if let state = current.state, !isDue(current) { outcome.due = state.condemned + grace }
        return outcome
    }

    /// Deletes what an earlier call condemned, if that is long enough ago, and condemns what is dead now.
    ///
    /// May be broken off at any moment, and given again.
    ///
    /// - Parameter progress: called again and again, one call at a time.
    public func collect(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Outcome {
        var outcome = Outcome()
        try await dropLostList()
        var current = try await Condemnation.read(from: store)
        if current.state != nil {
            guard isDue(current) else { return waiting(outcome, current) }
            outcome.survey = try await sweep(current, &outcome, progress)
        } else {
            outcome.survey = try await survey(progress: progress)
        }
        guard let survey = outcome.survey, try await condemn(survey) else { return outcome }
        current = try await Condemnation.read(from: store)
        guard current.state != nil else { return outcome }
        guard grace == 0 else {
            outcome.condemnedBytes = survey.dead.lazy.filter { current.isCondemned($0.member) }.reduce(0) {
                $0.addingSaturated($1.size)
            }
            return waiting(outcome, current)
        }
        outcome.survey = try await sweep(current, &outcome, progress)
        return outcome
    }

    /// Deletes what is condemned and still dead; returns what was found before.
    private func sweep(
        _ condemned: Condemnation, _ outcome: inout Outcome, _ progress: (CollectionProgress) -> Void
    ) async throws -> Survey {
        // Pushes that were done before the list was published know nothing of it, so this look comes after it.
        var survey = try await survey(progress: progress)
        let dead = Dictionary(survey.dead.map { ($0.member, $0.size) }) { first, _ in first }
        let alive = condemned.list.members.filter { dead[$0] == nil }
        // What is gone already, by the steps before, needs no rescue.
        let current = try await Rescue(store: store, lease: lease).rescue(
            alive.filter { condemned.isCondemned($0) }, knowing: condemned)
        let going = Set(current.list.members)
        outcome.deletedCount += try await Sweep(store: store, lease: lease).run(current, progress: progress)
        outcome.deletedBytes = survey.dead.lazy.filter { going.contains($0.member) }
            .reduce(outcome.deletedBytes) { $0.addingSaturated($1.size) }
        survey.dead.removeAll { going.contains($0.member) }
        return survey
    }

    /// Publishes a new epoch and the list of what is dead; false if nothing is, or somebody else was faster.
    private func condemn(_ survey: Survey) async throws -> Bool {
        guard !survey.dead.isEmpty else { return false }
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
    private func dropLostList() async throws {
        var watch = SweepWatch(lease: lease)
        while true {
            let document = (try? await store.read(.format, limit: StoreFormat.byteLimit)) ?? []
            guard let format = try? StoreFormat(parsing: document), let state = try format.collection(),
                try await store.size(of: .condemned(state.list)) == nil
            else { return }
            let current = Condemnation(document: document, format: format, state: state, list: CondemnedList([]))
            // Whoever is deleting has the list in memory, and ends the collection.
            guard state.underway.isEmpty || watch.hasStoodStill(current) else {
                try await Task.sleep(for: SweepWatch.pause)
                continue
            }
            if try await store.compareAndSwapFormat(expected: document, new: format.with(nil).serialized()) { return }
        }
    }

    private func isDue(_ current: Condemnation) -> Bool {
        current.state.map { grace == 0 || now() - $0.condemned >= grace } ?? false
    }

    private func waiting(_ outcome: Outcome, _ current: Condemnation) -> Outcome {
        guard let state = current.state else { return outcome }
        var outcome = outcome
        outcome.condemnedCount = current.list.members.count - state.swept
        outcome.due = state.condemned + grace
        return outcome
    }
}
