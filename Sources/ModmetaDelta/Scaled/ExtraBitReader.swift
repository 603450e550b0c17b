/// Reads what `ExtraBitWriter` wrote; the memory must be readable for eight bytes past its end.
///
/// Reading past the end returns undefined bits, which `isAtEnd` detects.
struct ExtraBitReader {
    private let input: UnsafeRawPointer
    private let bitCount: Int
    private var position = 0

    init(_ input: UnsafeRawPointer, byteCount: Int) {
        self.input = input
        bitCount = 8 * byteCount
    }

    /// Reads at most 32 bits.
    @inline(__always)
    mutating func bits(_ count: Int) -> UInt32 {
        // Clamp a position past the end.
        let place = min(position, bitCount)
        let word = UInt64(littleEndian: input.loadUnaligned(fromByteOffset: place &>> 3, as: UInt64.self))
        position &+= count
        return UInt32(truncatingIfNeeded: (word &>> UInt64(place & 7)) & (1 &<< UInt64(count) &- 1))
    }

    /// Whether all bits have been read, except for the padding of the last byte.
    var isAtEnd: Bool { position <= bitCount && position > bitCount - 8 }
}
