/// How often the entropy coder expects each byte value, in parts of `RansFormat.total`.
///
/// The parts add up to the total; a value that does not occur has none and cannot be coded.
struct SymbolFrequencies: Hashable {
    private(set) var parts: [UInt16]

    /// Takes parts that are known to add up to the total.
    init(checked parts: [UInt16]) { self.parts = parts }

    /// Scales counts, of which at least one is not zero, so that every value that occurs has at least one part.
    init(counts: UnsafePointer<UInt32>) {
        var total: UInt64 = 0
        for value in 0..<256 { total += UInt64(counts[value]) }
        parts = [UInt16](repeating: 0, count: 256)
        var sum = 0
        var largest = 0
        for value in 0..<256 where counts[value] > 0 {
            let share = (UInt64(counts[value]) * UInt64(RansFormat.total) + total / 2) / total
            parts[value] = UInt16(max(1, share))
            sum += Int(parts[value])
            if counts[value] > counts[largest] { largest = value }
        }
        // Rounding up rare values may take more than there is; the most frequent ones lose the least by giving it back.
        while sum > RansFormat.total {
            var richest = 0
            for value in 1..<256 where parts[value] > parts[richest] { richest = value }
            let taken = min(sum - RansFormat.total, max(1, Int(parts[richest]) / 16))
            parts[richest] -= UInt16(taken)
            sum -= taken
        }
        parts[largest] += UInt16(RansFormat.total - sum)
    }
}
