/// Collects the smallest digests of a stream of records in bounded memory: all of them, or all up to a threshold.
struct RecordSample {
    private let limit: Int
    private var kept: [UInt64] = []
    private(set) var threshold = UInt64.max
    private(set) var count: UInt64 = 0

    init(limit: Int = DatasetManifest.limit) { self.limit = limit }

    mutating func add(_ digest: UInt64) {
        count += 1
        guard digest <= threshold else { return }
        kept.append(digest)
        if kept.count >= 2 * limit { shrink() }
    }

    /// Returns the digests, ascending.
    mutating func finish() -> [UInt64] {
        if kept.count > limit { shrink() } else { kept.sort() }
        return kept
    }

    /// Lowers the threshold so that at most `limit` digests remain; equal digests stay or go together.
    private mutating func shrink() {
        kept.sort()
        let first = kept[limit]
        // A record that makes up half of the data cannot be sampled away.
        guard let end = kept.firstIndex(of: first), end > 0 else { return kept.removeSubrange(limit...) }
        kept.removeSubrange(end...)
        threshold = first - 1
    }
}
