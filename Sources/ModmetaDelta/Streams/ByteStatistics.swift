import Glibc

/// The frequencies of byte values.
struct ByteStatistics {
    private var counts = [UInt32](repeating: 0, count: 256)
    private let total: Int

    /// Counts the bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        total = bytes.count
        // Four tables in turn, because equal neighbours would stall on one.
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * 256) { tables in
            tables.initialize(repeating: 0)
            let table = tables.baseAddress!
            let whole = bytes.count & ~3
            var index = 0
            while index < whole {
                table[Int(bytes[index])] &+= 1
                table[256 + Int(bytes[index + 1])] &+= 1
                table[512 + Int(bytes[index + 2])] &+= 1
                table[768 + Int(bytes[index + 3])] &+= 1
                index += 4
            }
            while index < bytes.count {
                table[Int(bytes[index])] &+= 1
                index += 1
            }
            for value in 0..<256 {
                counts[value] = table[value] &+ table[256 + value] &+ table[512 + value] &+ table[768 + value]
            }
        }
    }

    /// The share of the most frequent value, from 0 to 1.
    var topShare: Double { total == 0 ? 1 : Double(counts.max() ?? 0) / Double(total) }

    /// The entropy of independent bytes with these frequencies, in bits per byte.
    var entropy: Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for count in counts where count > 0 { sum += Double(count) * log2(Double(count)) }
        return log2(Double(total)) - sum / Double(total)
    }
}
