internal import Glibc
public import ModmetaFormats

/// Removes from a store what no LFS object that must stay needs; docs/guides/maintenance.md.
///
/// Two calls do it: the first condemns what is dead, a later one, at least the grace period after it, looks again and
/// deletes what is still dead. Any number of pushes and fetches may run meanwhile: whoever needs a condemned object
/// rescues it (`Rescue`). While anything that must stay cannot be accounted for, neither happens.
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
        /// Of a rehearsal, what would be deleted.
        public var planned: PlannedDeletion?

        /// Creates the outcome of nothing.
        public init() {}
    }

    /// Agrees to what is to be deleted for good; throws if it does not.
    public typealias Consent = (PlannedDeletion) throws -> Void

    let store: any ObjectStore
    let live: any LiveObjects
    let grace: Int64
    let parseManifest: StoreAudit.ManifestParser
    let now: @Sendable () -> Int64
    let lease: Duration
    let clock: CollectionClock
    let lost: Set<ObjectID>
    /// What a test leaves out.
    package var omissions = Omissions<CollectionOmission>()

    /// Prepares a collection.
    ///
    /// - Parameters:
    ///   - live: the LFS objects that must stay.
    ///   - grace: how long an object must be dead before it is deleted, and how old it must be before it is condemned, in
    ///     seconds. With 0 one call does both.
    ///   - lost: LFS objects that may be missing, as nobody has them any more.
    ///   - now: the time in seconds since 1970.
    ///   - lease: how long a sweep may stand still before it counts as broken off.
    ///   - clock: what the steps of a sweep go by.
    ///   - parseManifest: parses and validates a manifest.
    public init(
        store: any ObjectStore, live: any LiveObjects, grace: Int64, lost: Set<ObjectID> = [],
        now: @escaping @Sendable () -> Int64 = Collector.time, lease: Duration = Sweep.lease,
        clock: CollectionClock = .system, parseManifest: @escaping StoreAudit.ManifestParser
    ) {
        self.store = store
        self.live = live
        self.grace = max(0, grace)
        self.now = now
        self.lease = lease
        self.clock = clock
        self.lost = lost
        self.parseManifest = parseManifest
    }

    /// The time of day in whole seconds since 1970.
    public static let time: @Sendable () -> Int64 = { Int64(Glibc.time(nil)) }

    /// Looks through the store, changing nothing.
    public func survey(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Survey {
        let cutoff = grace == 0 ? Int64.max : now() - grace
        return try await Surveyor(
            store: store, live: live, parseManifest: parseManifest, cutoff: cutoff, lost: lost, omissions: omissions
        ).survey(progress: progress)
    }

    /// Says what a call would come to, changing nothing.
    ///
    /// What cannot be accounted for is in the survey; a call that is no rehearsal would do nothing then.
    public func rehearse(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Outcome {
        let current = try await Condemnation.read(from: store)
        var outcome = Outcome()
        let survey = try await survey(progress: progress)
        outcome.survey = survey
        for object in survey.dead {
            if grace == 0 || current.isCondemned(object.member) && isDue(current) {
                outcome.deletedCount += 1
                outcome.deletedBytes = outcome.deletedBytes.addingSaturated(object.size)
            } else {
                outcome.condemnedCount += 1
                outcome.condemnedBytes = outcome.condemnedBytes.addingSaturated(object.size)
            }
        }
        if let state = current.state, !isDue(current) { outcome.due = state.condemned + grace }
        outcome.planned = PlannedDeletion(
            going: .init(count: outcome.deletedCount, bytes: outcome.deletedBytes), of: survey, in: current)
        return outcome
    }

    /// Deletes what an earlier call condemned, if that is long enough ago, and condemns what is dead now.
    ///
    /// May be broken off at any moment, and given again.
    ///
    /// - Parameters:
    ///   - consent: called before anything is deleted, and before what is deleted in the same call is condemned.
    ///   - progress: called again and again, one call at a time.
    /// - Throws: `UnaccountedObjects` if not all that must stay is there.
    public func collect(
        consent: Consent = { _ in }, progress: (CollectionProgress) -> Void = { _ in }
    ) async throws -> Outcome {
        var outcome = Outcome()
        try await dropLostList()
        var current = try await Condemnation.read(from: store)
        if current.state != nil {
            guard isDue(current) else { return waiting(outcome, current) }
            try await sweep(current, &outcome, consent, progress)
        } else {
            outcome.survey = try await accounted(progress)
        }
        guard let survey = outcome.survey, !survey.dead.isEmpty else { return outcome }
        if grace == 0 {
            current = try await Condemnation.read(from: store)
            try consent(PlannedDeletion(going: survey.deadShare, of: survey, in: current))
        }
        guard try await condemn(survey) else { return outcome }
        current = try await Condemnation.read(from: store)
        guard current.state != nil else { return outcome }
        guard grace == 0 else {
            outcome.condemnedBytes = survey.dead.lazy.filter { current.isCondemned($0.member) }.reduce(0) {
                $0.addingSaturated($1.size)
            }
            return waiting(outcome, current)
        }
        // Whoever agreed knows of it already: it can only be less now.
        try await sweep(current, &outcome, { _ in }, progress)
        return outcome
    }

    func isDue(_ current: Condemnation) -> Bool {
        current.state.map { grace == 0 || omissions.contains(.grace) || now() - $0.condemned >= grace } ?? false
    }

    private func waiting(_ outcome: Outcome, _ current: Condemnation) -> Outcome {
        guard let state = current.state else { return outcome }
        var outcome = outcome
        outcome.condemnedCount = current.list.members.count - state.swept
        outcome.due = state.condemned + grace
        return outcome
    }
}
