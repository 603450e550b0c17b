/// The keys of one JSON object seen so far.
///
/// Keys are compared by their bytes: as for other readers, keys that differ in Unicode normalisation are different.
struct JSONKeySet {
    // Most objects in headers have three keys, which are cheaper to compare than to hash.
    private static let smallLimit = 8
    private var few: [ByteString] = []
    private var many: Set<ByteString> = []

    /// The number of keys.
    var count: Int { few.count + many.count }

    /// Adds a key; returns false if the set has it already.
    mutating func insert(_ key: ByteString) -> Bool {
        if many.isEmpty {
            guard !few.contains(key) else { return false }
            if few.count < JSONKeySet.smallLimit {
                if few.isEmpty { few.reserveCapacity(4) }
                few.append(key)
                return true
            }
            many = Set(few)
            few = []
        }
        return many.insert(key).inserted
    }
}
