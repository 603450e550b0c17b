/// Reading from the start of an array, and little-endian integers of fixed width.
extension ByteReader {
    /// Starts at the first byte.
    ///
    /// - Parameter origin: the offset of that byte in the file.
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

    /// Reads `count` bytes; `count` is untrusted.
    mutating func slice(_ count: UInt64, _ what: String) throws(FormatError) -> ArraySlice<UInt8> {
        try slice(Int(exactly: count) ?? .max, what)
    }

    private mutating func littleEndian(_ count: Int, _ what: String) throws(FormatError) -> UInt64 {
        try slice(count, what).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
