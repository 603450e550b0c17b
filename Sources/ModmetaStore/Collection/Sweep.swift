internal import ModmetaFormats

/// Deletes what is condemned, some at a time.
///
/// Each step claims the next members by the format document, deletes them, and notes that they are gone. A claim is
/// worth nothing after `stepLimit`: whoever holds it starts no further deletion. One that stands still for `lease` was
/// broken off, and another process may finish its step.
public struct Sweep: Sendable {
    /// How many members one step deletes at most.
    static let stepSize = 500
    /// How long after its claim a step may start deletions.
    static let stepLimit = Duration.seconds(20)
    /// How long a claim that stands still is respected.
    public static let lease = Duration.seconds(90)

    let store: any ObjectStore
    var lease = Sweep.lease
    var width = 8

    /// Deletes all that is condemned now, step by step, until the collection is over.
    ///
    /// - Parameter progress: called after each step, with how many members were deleted here and how many there are.
    func run(_ known: Condemnation, progress: (CollectionProgress) -> Void) async throws -> Int {
        var deleted = 0
        var current = known
        var watch = SweepWatch(lease: lease)
        while true {
            current = try await Condemnation.read(from: store, knowing: current)
            // Another epoch's list was condemned just now, and has its own grace period.
            guard let state = current.state, current.format?.epoch == known.format?.epoch else { return deleted }
            if !state.underway.isEmpty {
                if watch.hasStoodStill(current) {
                    try await takeOver(current)
                } else {
                    try await Task.sleep(for: SweepWatch.pause)
                }
                continue
            }
            let end = min(state.swept + Sweep.stepSize, current.list.members.count)
            let count = try await step(to: end, from: current, state)
            deleted += count
            progress(.deleted(deleted, of: deleted + current.list.members.count - state.swept - count))
        }
    }

    /// Finishes a step whose owner is gone.
    func takeOver(_ current: Condemnation) async throws {
        guard let state = current.state, !state.underway.isEmpty else { return }
        _ = try await step(to: state.sweeping, from: current, state)
    }

    /// Claims members, deletes them, and notes it; does nothing where the document has changed meanwhile.
    private func step(to end: Int, from current: Condemnation, _ state: CollectionState) async throws -> Int {
        guard let document = current.document, let format = current.format else { return 0 }
        guard state.swept < end else {
            // A list that is swept to its end, and whose line was not removed.
            try await finish(0, leaving: 0, knowing: current)
            return 0
        }
        var claimed = state
        claimed.sweeping = end
        claimed.claim = UInt64.random(in: 1 ... .max)
        let start = ContinuousClock.now
        guard try await store.compareAndSwapFormat(expected: document, new: format.with(claimed).serialized()) else {
            return 0
        }
        let left = try await delete(current.list.members[state.swept..<end], before: start + Sweep.stepLimit)
        try await finish(claimed.claim, leaving: left, knowing: current)
        return end - state.swept - left
    }

    /// Deletes members in order until there are none or the time is over; returns how many are left at the end.
    private func delete(
        _ members: ArraySlice<CondemnedList.Member>, before deadline: ContinuousClock.Instant
    ) async throws -> Int {
        var left = members
        while let first = left.first, ContinuousClock.now < deadline {
            // A manifest goes before what it names: a family is done before the next begins.
            let share = left.prefix { $0.family == first.family }.prefix(8 * width)
            try await store.forEach(share, width: width) { try await store.delete($0.key) }
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
