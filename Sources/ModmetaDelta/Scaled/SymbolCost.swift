/// The cost of coding symbols with a table made for them, from their counts; identical on every machine.
struct SymbolCost {
    /// The bits that a table takes per symbol.
    private static let tableBits: Float = 7

    // count * log2(count), for counts below its length.
    private let table: [Float]

    init() {
        table = (0..<2048).map { Float($0) * SymbolCost.log2(UInt32($0)) }
    }

    /// count * log2(count).
    @inline(__always)
    func weighted(_ count: UInt32) -> Float {
        count < 2048 ? table[Int(count)] : Float(count) * SymbolCost.log2(count)
    }

    /// The bits of a table and of all symbols coded with it.
    func bits(_ counts: UnsafePointer<UInt32>, limit: Int) -> Float {
        var total: UInt32 = 0
        var sum: Float = 0
        var kinds: Float = 0
        for value in 0..<limit where counts[value] > 0 {
            total &+= counts[value]
            sum += weighted(counts[value])
            kinds += 1
        }
        return weighted(total) - sum + SymbolCost.tableBits * kinds
    }

    /// The binary logarithm of a count, to about 10^-4, from correctly rounded operations alone; 0 for a count of 0.
    static func log2(_ count: UInt32) -> Float {
        guard count > 0 else { return 0 }
        let shift = 31 - count.leadingZeroBitCount
        let mantissa = Float(count) / Float(UInt64(1) << UInt64(shift))
        // Two terms of the series in (m - s) / (m + s) around s = sqrt 2, where it converges fast.
        let ratio = (mantissa - 1.414_213_6) / (mantissa + 1.414_213_6)
        let square = ratio * ratio
        return Float(shift) + 0.5 + ratio * (2.885_39 + square * (0.961_797 + square * 0.577_078))
    }
}
