/// A set of Unicode scalars: what one character of a pattern may stand for.
struct ScalarSet: Hashable, Sendable {
    /// Sorted, apart from each other.
    private let ranges: [ClosedRange<UInt32>]
    /// One bit for each scalar of ASCII.
    private let ascii: (low: UInt64, high: UInt64)

    private static let last: UInt32 = 0x10FFFF

    /// Creates the union of some ranges, in any order.
    init(_ ranges: [ClosedRange<UInt32>]) {
        var joined: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let before = joined.last,
                range.lowerBound <= before.upperBound || range.lowerBound == before.upperBound + 1
            {
                joined[joined.count - 1] = before.lowerBound...max(before.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        self.ranges = joined
        var (low, high): (UInt64, UInt64) = (0, 0)
        for range in joined where range.lowerBound < 128 {
            for scalar in range.lowerBound...min(range.upperBound, 127) {
                if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
            }
        }
        ascii = (low, high)
    }

    /// Creates the set of one scalar.
    init(_ scalar: Unicode.Scalar) { self.init([scalar.value...scalar.value]) }

    /// Creates a union.
    init(_ sets: [ScalarSet]) { self.init(sets.flatMap(\.ranges)) }

    /// All other scalars.
    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= ScalarSet.last { gaps.append(next...ScalarSet.last) }
        return ScalarSet(gaps)
    }

    /// Whether a scalar belongs to the set.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return ascii.low >> UInt64(value) & 1 == 1 }
        if value < 128 { return ascii.high >> UInt64(value - 64) & 1 == 1 }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    static func == (left: ScalarSet, right: ScalarSet) -> Bool { left.ranges == right.ranges }

    func hash(into hasher: inout Hasher) { hasher.combine(ranges) }
}

/// The classes of ECMA-262, section "CharacterClassEscape" and "LineTerminator".
extension ScalarSet {
    /// `\d`.
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`.
    static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s`.
    static let whitespace = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// What `.` does not stand for.
    static let lineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
}
