public import ModmetaFormats

/// What a repair of a store came to.
public struct RepairReport: Hashable, Sendable {
    /// How many chunks the store had lost: their payloads are gone or damaged, and nothing stood in for them.
    public var lost = 0
    /// How many raw chunks were stored, and their bytes.
    public var stored = StoreStatistics.Share()
    /// The LFS objects that could not be rebuilt before and can be now.
    public var mended: [ObjectID] = []
    /// The LFS objects that have a manifest and still cannot be rebuilt.
    public var harmed: [ObjectID] = []
    /// Manifests that cannot be read, of which a repair does not know what they need.
    public var unreadable: [ObjectID] = []

    /// Whether all that has a manifest can be rebuilt.
    public var isComplete: Bool { harmed.isEmpty && unreadable.isEmpty }
}
