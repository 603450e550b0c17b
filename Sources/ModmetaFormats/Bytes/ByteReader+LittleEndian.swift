/// Starts at the first of some bytes, and integers of fixed length as most formats write them.
extension ByteReader {
    /// Starts at the first byte.
    ///
    /// - Parameter origin: where that byte is in the file.
    init(_ bytes: [UInt8], origin: UInt64 = 0) { self.init(bytes, in: 0..<bytes.count, origin: origin) }

    /// Reads an unsigned integer of 2 bytes.
    mutating func uint16(_ what: String) throws(FormatError) -> UInt16 {
        UInt16(truncatingIfNeeded: try littleEndian(2, what))
    }

    /// Reads an unsigned integer of 4 bytes.
    mutating func uint32(_ what: String) throws(FormatError) -> UInt32 {
        UInt32(truncatingIfNeeded: try littleEndian(4, what))
    }

    /// Reads an unsigned integer of 8 bytes.
    mutating func uint64(_ what: String) throws(FormatError) -> UInt64 { try littleEndian(8, what) }

    /// Reads a number of bytes whose count is untrusted.
    mutating func take(_ count: UInt64, _ what: String) throws(FormatError) -> ArraySlice<UInt8> {
        try take(Int(exactly: count) ?? .max, what)
    }

    private mutating func littleEndian(_ count: Int, _ what: String) throws(FormatError) -> UInt64 {
        try take(count, what).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
