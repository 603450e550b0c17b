/// What a copy of a store came to.
public struct CopyReport: Hashable, Sendable {
    /// An object that was not copied.
    public struct Failure: Hashable, Sendable {
        /// Its key.
        public var key: ObjectKey
        /// Why not, as a sentence without a final full stop.
        public var reason: String
    }

    /// What was copied.
    public var copied = StoreStatistics.Share()
    /// What was there already.
    public var present = StoreStatistics.Share()
    /// What could not be copied, in the order of the keys.
    public var failures: [Failure] = []

    /// Creates the report of nothing.
    public init() {}

    /// Adds what a further round came to, whose failures are those that are left.
    public mutating func add(_ other: CopyReport) {
        if copied.count + present.count == 0 { present = other.present }
        copied.count += other.copied.count
        copied.bytes = copied.bytes.addingSaturated(other.copied.bytes)
        failures = other.failures
    }
}
