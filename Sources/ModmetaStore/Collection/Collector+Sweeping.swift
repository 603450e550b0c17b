internal import ModmetaFormats

extension Collector {
    /// Looks through the store; throws if anything that must stay is not seen to be there.
    func accounted(_ progress: (CollectionProgress) -> Void) async throws -> Survey {
        let survey = try await survey(progress: progress)
        guard survey.unaccounted.isEmpty else { throw UnaccountedObjects(members: survey.unaccounted) }
        return survey
    }

    /// Deletes what is condemned and still dead; notes what was found before.
    func sweep(
        _ condemned: Condemnation, _ outcome: inout Outcome, _ consent: Consent,
        _ progress: (CollectionProgress) -> Void
    ) async throws {
        var current = condemned
        var isAgreed = false
        while true {
            // Pushes that were done before the list was published know nothing of it, so this look comes after it.
            var found = try await accounted(progress)
            let sizes = Dictionary(found.dead.map { ($0.member, $0.size) }) { first, _ in first }
            let going = current.list.members.filter { current.isCondemned($0) && sizes[$0] != nil }
            if !isAgreed {
                let bytes = going.reduce(UInt64(0)) { $0.addingSaturated(sizes[$1] ?? 0) }
                let planned = PlannedDeletion(going: .init(count: going.count, bytes: bytes), of: found, in: current)
                try consent(planned)
                isAgreed = true
            }
            // What is gone already, by the steps before, needs no rescue.
            let alive = current.list.members.filter { sizes[$0] == nil && current.isCondemned($0) }
            if !omissions.contains(.rescue) {
                current = try await Rescue(store: store, lease: lease, clock: clock).rescue(alive, knowing: current)
            }
            let ending = try await run(current, of: condemned.epoch, found, &outcome, progress)
            current = try await Condemnation.read(from: store)
            let isOver = ending == .over || current.epoch != condemned.epoch || current.state == nil
            let gone = Set(going.filter { isOver || !current.isCondemned($0) })
            outcome.deletedBytes = gone.reduce(outcome.deletedBytes) { $0.addingSaturated(sizes[$1] ?? 0) }
            found.dead.removeAll { gone.contains($0.member) }
            outcome.survey = found
            if isOver { return }
        }
    }

    /// Deletes for as long as nothing more is needed than a survey found.
    private func run(
        _ current: Condemnation, of epoch: UInt64, _ survey: Survey, _ outcome: inout Outcome,
        _ progress: (CollectionProgress) -> Void
    ) async throws -> Sweep.Outcome {
        var mark = survey.mark
        var deleted = 0
        let sweep = Sweep(store: store, lease: lease, clock: clock, omissions: omissions)
        let dead = Set(survey.dead.lazy.map(\.member))
        let ending = try await sweep.run(current, of: epoch, dead: dead) {
            let now = try await live.mark()
            if now == mark { return true }
            // Refs move all the time: what matters is whether they need something that was not needed before.
            var isCovered = true
            try await live.forEach { if !survey.needed.contains($0.digest) { isCovered = false } }
            mark = now
            return isCovered
        } progress: { count, left in
            deleted += count
            progress(.deleted(deleted, of: deleted + left))
        }
        outcome.deletedCount += deleted
        return ending
    }
}
