/// What a store holds, and what it stands for.
public struct StoreStatistics: Hashable, Sendable {
    /// A number of objects and the bytes they have together.
    public struct Share: Hashable, Sendable {
        /// The number of objects.
        public var count = 0
        /// Their bytes together.
        public var bytes: UInt64 = 0

        /// Creates a share of nothing.
        public init() {}

        init(count: Int, bytes: UInt64) {
            self.count = count
            self.bytes = bytes
        }

        mutating func add(_ size: UInt64) {
            count += 1
            bytes = bytes.addingSaturated(size)
        }
    }

    /// LFS objects stored whole, with payloads that no manifest names.
    public var wholeObjects = Share()
    /// Payloads that a manifest names.
    public var payloads = Share()
    /// Manifests.
    public var manifests = Share()
    /// Sketches of the similarity index.
    public var sketches = Share()
    /// Manifests that could not be read; `StoreAudit.verify` says why.
    public var unreadableManifests = 0
    /// The bytes of all LFS objects the store can rebuild, each counted once.
    public var rawBytes: UInt64 = 0

    /// Creates the statistics of an empty store.
    public init() {}

    /// The bytes of everything the store holds for LFS objects.
    public var storedBytes: UInt64 { wholeObjects.bytes + payloads.bytes + manifests.bytes + sketches.bytes }

    /// How many raw bytes one stored byte stands for; nil for an empty store.
    public var ratio: Double? { storedBytes == 0 ? nil : Double(rawBytes) / Double(storedBytes) }
}
