/// Reads the fields of a payload in order, never past its end.
struct PayloadReader {
    private let bytes: UnsafeRawBufferPointer
    /// The byte offset of the next field.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The bytes left.
    var remaining: Int { bytes.count - offset }

    mutating func byte(_ what: String) throws(DeltaError) -> UInt8 {
        guard remaining >= 1 else { throw truncated(what) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Returns the next `count` bytes without copying them.
    mutating func slice(_ count: Int, _ what: String) throws(DeltaError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw truncated(what) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Reads a little-endian base-128 number of at most 63 bits, which must be in its shortest form.
    mutating func number(_ what: String) throws(DeltaError) -> Int {
        let start = offset
        var value = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            let next = try byte(what)
            value |= Int(next & 0x7F) << shift
            if next & 0x80 == 0 {
                guard next != 0 || shift == 0 else {
                    throw DeltaError(.malformed, "\(what) is not in its shortest form", offset: start)
                }
                return value
            }
        }
        throw DeltaError(.malformed, "\(what) exceeds 63 bits", offset: start)
    }

    /// Reads a signed number: zigzag, then as `number`.
    mutating func signedNumber(_ what: String) throws(DeltaError) -> Int {
        let value = try number(what)
        return (value >> 1) ^ -(value & 1)
    }

    private func truncated(_ what: String) -> DeltaError {
        DeltaError(.malformed, "the bytes end within \(what)", offset: bytes.count)
    }
}

extension [UInt8] {
    /// Appends a non-negative number in the form `PayloadReader.number` reads.
    mutating func append(number: Int) {
        var rest = UInt(bitPattern: number)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends a number within ±2^62 in the form `PayloadReader.signedNumber` reads.
    mutating func append(signedNumber value: Int) {
        append(number: (value << 1) ^ (value >> 63))
    }
}
