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
}

/// How far a copy has come.
public struct CopyProgress: Hashable, Sendable {
    /// How many objects were dealt with.
    public var objectsDone = 0
    /// How many there are.
    public var objectsTotal = 0
    /// The bytes of those that were dealt with.
    public var bytesDone: UInt64 = 0
    /// The bytes of all.
    public var bytesTotal: UInt64 = 0
}
