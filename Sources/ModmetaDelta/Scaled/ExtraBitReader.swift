/// Reads what `ExtraBitWriter` wrote from memory that may be read eight bytes past its end.
///
/// Reading past the end yields undefined bits and is found out by `isAtEnd`.
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
        // A position behind the end is not followed into memory.
        let place = min(position, bitCount)
        let word = UInt64(littleEndian: input.loadUnaligned(fromByteOffset: place &>> 3, as: UInt64.self))
        position &+= count
        return UInt32(truncatingIfNeeded: (word &>> UInt64(place & 7)) & (1 &<< UInt64(count) &- 1))
    }

    /// Whether exactly the bits there are have been read, up to less than a byte.
    var isAtEnd: Bool { position <= bitCount && position > bitCount - 8 }
}
