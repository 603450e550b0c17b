/// The byte symbols for differences: small ones directly, larger ones by magnitude with extra bits.
///
/// See docs/formats/delta.md, "Scaled".
enum StepSymbol {
    /// Differences below this are their own symbol.
    static let direct = 32
    /// The largest symbol of a 16-bit word.
    static let largest16 = 32 + (15 - 5) * 8 + 7
    /// The largest symbol of a 32-bit word.
    static let largest32 = 32 + (31 - 5) * 8 + 7

    /// The symbol and extra bits of a zigzag difference of at least `direct`.
    @inline(__always)
    static func large(_ zigzag: UInt32) -> (symbol: UInt8, extra: UInt32, extraCount: UInt32) {
        let magnitude = zigzag &>> 1
        let extraCount = 29 &- UInt32(truncatingIfNeeded: magnitude.leadingZeroBitCount)
        let head = magnitude &>> extraCount & 3
        let symbol = 32 &+ (extraCount &- 2) &* 8 &+ head &* 2 &+ (zigzag & 1)
        return (UInt8(truncatingIfNeeded: symbol), magnitude & (1 &<< extraCount &- 1), extraCount)
    }

    /// The number of extra bits after a symbol of at least `direct`.
    @inline(__always)
    static func extraCount(_ symbol: Int) -> Int { (symbol - 32) >> 3 + 2 }

    /// The smallest zigzag difference with a given symbol of at least `direct`.
    static func smallest(_ symbol: Int) -> UInt32 {
        let rest = UInt32(symbol - 32)
        return (4 | rest >> 1 & 3) << UInt32(extraCount(symbol) + 1) | rest & 1
    }
}
