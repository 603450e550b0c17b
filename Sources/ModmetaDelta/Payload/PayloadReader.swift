/// Reads the fields of a payload in order and refuses to read past its end.
struct PayloadReader {
    private let bytes: UnsafeRawBufferPointer
    /// Where the next field starts.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The number of bytes that are left.
    var remaining: Int { bytes.count - offset }

    mutating func byte(_ what: String) throws(DeltaError) -> UInt8 {
        guard remaining >= 1 else { throw truncated(what) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Reads a run of bytes in place.
    mutating func take(_ count: Int, _ what: String) throws(DeltaError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw truncated(what) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Reads a little-endian base-128 number of at most 63 bits in its shortest form.
    mutating func number(_ what: String) throws(DeltaError) -> Int {
        let start = offset
        var value = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            let next = try byte(what)
            value |= Int(next & 0x7F) << shift
            if next & 0x80 == 0 {
                guard next != 0 || shift == 0 else {
                    throw DeltaError(.malformed, "\(what) is not written in its shortest form", offset: start)
                }
                return value
            }
        }
        throw DeltaError(.malformed, "\(what) is longer than 63 bits", offset: start)
    }

    /// Reads a number that may be negative: zigzag, then as `number`.
    mutating func signedNumber(_ what: String) throws(DeltaError) -> Int {
        let value = try number(what)
        return (value >> 1) ^ -(value & 1)
    }

    private func truncated(_ what: String) -> DeltaError {
        DeltaError(.malformed, "the bytes end within \(what)", offset: bytes.count)
    }
}

extension [UInt8] {
    /// Appends a number of at least 0 as `PayloadReader.number` reads it.
    mutating func append(number: Int) {
        var rest = UInt(bitPattern: number)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends a number within ±2^62 as `PayloadReader.signedNumber` reads it.
    mutating func append(signedNumber value: Int) {
        append(number: (value << 1) ^ (value >> 63))
    }
}
