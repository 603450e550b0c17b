internal import ModmetaFormats

/// Deletes what is condemned, some at a time.
///
/// Each step claims the next members by the format document, deletes them, and notes that they are gone. A claim is
/// worth nothing after `stepLimit`: whoever holds it starts no further deletion. One that stands still for `lease` was
/// broken off, and another process may take it away: what is left of its step is then condemned and not claimed.
public struct Sweep: Sendable {
    /// How many members one step deletes at most.
    static let stepSize = 500
    /// How long after its claim a step may start deletions.
    static let stepLimit = Duration.seconds(20)
    /// How long a claim that stands still is respected.
    public static let lease = Duration.seconds(90)

    let store: any ObjectStore
    var lease = Sweep.lease
    var clock = CollectionClock.system
    var omissions = Omissions<CollectionOmission>()
    var width = 8

    /// What became of a sweep.
    enum Outcome: Sendable {
        /// The collection is over, or another one has begun.
        case over
        /// What is needed may have changed since it was found out.
        case outdated
    }

    /// Deletes all that is condemned now, step by step, until the collection is over.
    ///
    /// - Parameters:
    ///   - epoch: the collection whose list was looked at; another one's may be known by now.
    ///   - dead: what may be deleted: a list that has anything else is not the one that was looked at.
    ///   - isCurrent: whether what was found out before still holds; asked between each claim and its deletions.
    ///   - progress: called after each step, with how many members it deleted, and how many are left.
    func run(
        _ known: Condemnation, of epoch: UInt64, dead: Set<CondemnedList.Member>, isCurrent: () async throws -> Bool,
        progress: (Int, Int) -> Void
    ) async throws -> Outcome {
        var current = known
        var watch = SweepWatch(lease: lease, clock: clock)
        while true {
            current = try await Condemnation.read(from: store, knowing: current)
            // Another epoch's list was condemned just now, and has its own grace period.
            guard let state = current.state, current.epoch == epoch else { return .over }
            // Members that were added since are none: a list only shrinks.
            if !state.underway.isEmpty, !omissions.contains(.claims) {
                if watch.hasStoodStill(current) {
                    try await release(current)
                } else {
                    try await watch.pause()
                }
                continue
            }
            let end = min(state.swept + Sweep.stepSize, current.list.members.count)
            let isDead = current.list.members[state.swept..<end].allSatisfy(dead.contains)
            guard isDead || omissions.contains(.rescue) else { return .outdated }
            switch try await step(to: end, from: current, state, isCurrent: isCurrent) {
            case .deleted(let count): progress(count, current.list.members.count - state.swept - count)
            case .overtaken: continue
            case .outdated: return .outdated
            }
        }
    }

    /// Takes a claim away whose owner is gone.
    ///
    /// Its members may be there or not, and are condemned as before. They are not deleted in its place: whether nobody needs
    /// them was found out by the owner alone, long ago.
    func release(_ current: Condemnation) async throws {
        guard let document = current.document, let format = current.format, var state = current.state else { return }
        state.sweeping = state.swept
        state.claim = 0
        _ = try await store.compareAndSwapFormat(expected: document, new: format.with(state).serialized())
    }

    private enum Step {
        case deleted(Int)
        /// The document has changed meanwhile.
        case overtaken
        case outdated
    }

    /// Claims members, deletes them, and notes it.
    private func step(
        to end: Int, from current: Condemnation, _ state: CollectionState, isCurrent: () async throws -> Bool
    ) async throws -> Step {
        guard let document = current.document, let format = current.format else { return .overtaken }
        guard state.swept < end else {
            // A list that is swept to its end, and whose line was not removed.
            try await finish(0, leaving: 0, knowing: current)
            return .deleted(0)
        }
        var claimed = state
        claimed.sweeping = end
        claimed.claim = UInt64.random(in: 1 ... .max)
        let start = clock.elapsed()
        let isClaimed = try await store.compareAndSwapFormat(
            expected: document, new: format.with(claimed).serialized())
        guard isClaimed || omissions.contains(.claims) else { return .overtaken }
        let members = current.list.members[state.swept..<end]
        do {
            guard try await isCurrent() else {
                try await finish(claimed.claim, leaving: members.count, knowing: current)
                return .outdated
            }
        } catch {
            try? await finish(claimed.claim, leaving: members.count, knowing: current)
            throw error
        }
        let left = try await delete(members, before: start + Sweep.stepLimit)
        try await finish(claimed.claim, leaving: left, knowing: current)
        return .deleted(members.count - left)
    }

    /// Deletes members in order until there are none or the time is over; returns how many are left at the end.
    private func delete(
        _ members: ArraySlice<CondemnedList.Member>, before deadline: Duration
    ) async throws -> Int {
        var left = members
        while let first = left.first, clock.elapsed() < deadline {
            // A manifest goes before what it names: a family is done before the next begins.
            let share = left.prefix { $0.family == first.family }.prefix(8 * width)
            try await share.concurrentForEach(width: width) { try await store.delete($0.key) }
            left = left.dropFirst(share.count)
        }
        return left.count
    }

    /// Notes that a claim's members are gone but for the last ones, whatever was rescued meanwhile.
    ///
    /// The last step ends the collection.
    private func finish(_ claim: UInt64, leaving left: Int, knowing known: Condemnation) async throws {
        var current = known
        while true {
            current = try await Condemnation.read(from: store, knowing: current)
            guard let document = current.document, let format = current.format, var state = current.state,
                state.claim == claim
            else { return }
            state.swept = state.sweeping - left
            state.sweeping = state.swept
            state.claim = 0
            let isOver = state.swept == current.list.members.count
            let next = format.with(isOver ? nil : state).serialized()
            if try await store.compareAndSwapFormat(expected: document, new: next) {
                if isOver { try await store.delete(.condemned(state.list)) }
                return
            }
        }
    }
}
