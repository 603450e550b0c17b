extension Array where Element == UInt8 {
    /// Appends an unsigned LEB128 number in its shortest form.
    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a non-negative number as unsigned LEB128.
    mutating func append(number: Int) { append(number: UInt64(number)) }

    /// Appends the 32 bytes of a SHA-256 value.
    mutating func append(_ digest: Digest) {
        for word in [digest.w0, digest.w1, digest.w2, digest.w3] {
            for shift in stride(from: 56, through: 0, by: -8) {
                append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }
}

/// A signed number as an unsigned one that is small near zero: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
struct ZigZag {
    /// The unsigned number.
    let unsigned: UInt64

    /// Wraps an unsigned number.
    init(unsigned: UInt64) { self.unsigned = unsigned }

    /// Wraps a signed number.
    init(_ signed: Int64) { unsigned = UInt64(bitPattern: signed << 1 ^ signed >> 63) }

    /// The signed number.
    var signed: Int64 { Int64(bitPattern: unsigned >> 1) ^ -Int64(unsigned & 1) }
}
