/// What a collection is about to delete for good, beside what the store has.
public struct PlannedDeletion: Hashable, Sendable {
    /// What is to go.
    public var going = StoreStatistics.Share()
    /// What is stored now, including that.
    public var stored = StoreStatistics.Share()
    /// Whether the store was never collected before.
    public var isFirst: Bool

    /// Whether somebody should have a look before: it is the first time, or more than half of the store goes, by number or
    /// by bytes.
    ///
    /// Half, because what nobody needs is seldom the larger part of a store that is collected now and then, but is where
    /// refs were lost, or a list of what must stay was cut short.
    public var isRemarkable: Bool {
        going.count > 0
            && (isFirst || going.count > stored.count - going.count || going.bytes > stored.bytes - going.bytes)
    }
}

extension PlannedDeletion {
    init(going: StoreStatistics.Share, of survey: Survey, in current: Condemnation) {
        self.going = going
        stored = survey.kept
        stored.count += survey.dead.count
        stored.bytes = stored.bytes.addingSaturated(survey.deadBytes)
        // The list that is condemned now has begun an epoch of its own.
        isFirst = current.epoch <= (current.state == nil ? 0 : 1)
    }
}

extension Survey {
    /// What nothing needs.
    var deadShare: StoreStatistics.Share { StoreStatistics.Share(count: dead.count, bytes: deadBytes) }
}
