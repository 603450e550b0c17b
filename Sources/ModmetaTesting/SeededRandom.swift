/// Reproducible random numbers: SplitMix64 (Steele, Lea and Flood, 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts a sequence.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Returns an independent generator.
    public mutating func fork() -> SeededRandom { SeededRandom(seed: next()) }

    /// A number in a range.
    public mutating func pick(_ range: Range<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// An element of a non-empty array.
    public mutating func pick<Member>(_ members: [Member]) -> Member { members[pick(0..<members.count)] }

    /// True with a probability of one in `count`.
    public mutating func oneIn(_ count: Int) -> Bool { pick(0..<count) == 0 }

    /// A number from 0 to 1.
    public mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A number from an approximately standard normal distribution: the sum of four uniform numbers.
    public mutating func normal() -> Float {
        let bits = next()
        let sum = (0..<4).reduce(0) { $0 + Int(bits >> (16 * UInt64($1)) & 0xffff) }
        return (Float(sum) / 65536 - 2) * 1.732
    }
}
