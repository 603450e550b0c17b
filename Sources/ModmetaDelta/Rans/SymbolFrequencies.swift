/// The frequency of each byte value for the entropy coder, in parts of `RansFormat.total`.
///
/// The parts add up to the total; a value with no parts cannot be coded.
struct SymbolFrequencies: Hashable {
    private(set) var parts: [UInt16]

    /// Creates a table from parts already known to add up to the total.
    init(checked parts: [UInt16]) { self.parts = parts }

    /// Scales counts, at least one of them non-zero; every value that occurs gets at least one part.
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
        // Rounding up rare values may exceed the total; the most frequent values lose least by giving parts back.
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
