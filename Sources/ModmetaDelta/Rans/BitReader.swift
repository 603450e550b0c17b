/// Reads what `BitWriter` wrote, never past its end.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private let offset: Int
    private var position = 0

    /// Reads bytes that start at `offset` of a payload.
    init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Reads a field of at most 32 bits.
    mutating func bits(_ count: Int) throws(DeltaError) -> UInt32 {
        guard count <= bytes.count * 8 - position else {
            throw DeltaError(.malformed, "the bytes end within the tables of a run", offset: offset + bytes.count)
        }
        var value: UInt32 = 0
        for index in 0..<count {
            let bit = bytes[(position + index) >> 3] >> UInt8((position + index) & 7) & 1
            value |= UInt32(bit) << UInt32(index)
        }
        position += count
        return value
    }

    /// Reads a unary number: one bits, at most `limit`, up to a zero bit.
    mutating func unary(limit: Int) throws(DeltaError) -> Int {
        var value = 0
        while try bits(1) == 1 {
            value += 1
            guard value <= limit else {
                throw DeltaError(.malformed, "a number in the tables of a run is too large", offset: byteOffset)
            }
        }
        return value
    }

    /// The current byte offset in the payload.
    var byteOffset: Int { offset + position / 8 }

    /// Checks that only zero bits of the last byte are left.
    mutating func finish() throws(DeltaError) {
        let left = bytes.count * 8 - position
        guard left < 8, try bits(left) == 0 else {
            throw DeltaError(.malformed, "the tables of a run do not end where they should", offset: byteOffset)
        }
    }
}
