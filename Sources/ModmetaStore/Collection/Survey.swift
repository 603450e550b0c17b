internal import ModmetaFormats

/// What of a store is needed and what is not, as one look through it found.
///
/// Names are kept in memory: 235 bytes for each object that is dead, less for others.
public struct Survey: Sendable {
    /// An object nothing needs.
    public struct DeadObject: Hashable, Sendable {
        /// Which one.
        public var member: CondemnedList.Member
        /// Its size in bytes.
        public var size: UInt64
    }

    /// The objects nothing needs.
    public var dead: [DeadObject] = []
    /// How many objects, manifests and sketches stay, and their bytes.
    public var kept = StoreStatistics.Share()
    /// How many objects nothing needs, but which are younger than the grace period.
    public var young = StoreStatistics.Share()
    /// How many LFS objects must stay.
    public var liveCount = 0
    /// Those of them that the store cannot be seen to have, but for those that were said to be lost.
    public var unaccounted: [UnaccountedObjects.Member] = []
    /// How many were said to be lost, and are.
    public var lostCount = 0

    /// What must stay.
    var needed: Set<Digest> = []
    /// What `LiveObjects.mark` said before they were named.
    var mark: Digest?

    /// The bytes of what nothing needs.
    public var deadBytes: UInt64 { dead.reduce(0) { $0.addingSaturated($1.size) } }
}
