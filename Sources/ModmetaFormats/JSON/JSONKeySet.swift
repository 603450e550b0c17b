/// The keys of one JSON object seen so far.
///
/// Keys are compared by their bytes: keys that differ in Unicode normalisation are two keys, as to other readers.
struct JSONKeySet {
    // Most objects of a header have three keys: comparing those is cheaper than hashing them.
    private static let smallLimit = 8
    private var few: [ByteString] = []
    private var many: Set<ByteString> = []

    /// The number of keys.
    var count: Int { few.count + many.count }

    /// Adds a key and returns false if it was there already.
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
