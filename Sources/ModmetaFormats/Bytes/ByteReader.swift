/// A cursor over untrusted bytes: every read is bounds-checked and every error carries its offset.
struct ByteReader {
    /// The bytes.
    let bytes: [UInt8]
    /// The index after the last byte to read.
    let end: Int
    /// The offset of the first byte in the file, for errors.
    let origin: UInt64
    /// The index of the next byte.
    private(set) var position: Int

    /// Starts at the beginning of a range of bytes.
    init(_ bytes: [UInt8], in range: Range<Int>, origin: UInt64 = 0) {
        precondition(range.upperBound <= bytes.count)
        self.bytes = bytes
        self.origin = origin
        self.end = range.upperBound
        self.position = range.lowerBound
    }

    /// The bytes left.
    var remaining: Int { end - position }

    /// The offset of the next byte in the file.
    var offset: UInt64 { origin + UInt64(position) }

    /// Reads one byte.
    mutating func byte(_ what: String) throws(FormatError) -> UInt8 {
        guard position < end else { throw truncated(what) }
        position += 1
        return bytes[position - 1]
    }

    /// Reads `count` bytes.
    mutating func slice(_ count: Int, _ what: String) throws(FormatError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw truncated(what) }
        position += count
        return bytes[position - count..<position]
    }

    /// Reads a SHA-256 value.
    mutating func digest(_ what: String) throws(FormatError) -> Digest {
        guard let digest = Digest(bytes: try slice(Digest.byteCount, what)) else { throw truncated(what) }
        return digest
    }

    /// Reads an unsigned LEB128 number, which must be in its shortest form.
    mutating func number(_ what: String) throws(FormatError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte(what)
            guard shift < 63 || byte <= 1 else {
                throw FormatError(.malformed, "\(what) does not fit in 64 bits", offset: UInt64(start))
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 || shift == 0 else {
                    throw FormatError(.malformed, "\(what) is not in its shortest form", offset: UInt64(start))
                }
                return value
            }
            shift += 7
        }
    }

    /// Reads a number up to a limit.
    mutating func number(_ what: String, upTo limit: Int) throws(FormatError) -> Int {
        let start = position
        let value = try number(what)
        guard value <= limit else {
            throw FormatError(
                .limitExceeded, "\(what) is \(value), larger than the \(limit) allowed", offset: UInt64(start))
        }
        return Int(value)
    }

    /// Reads the number of items that follow, each of which takes at least `size` bytes.
    mutating func count(_ what: String, ofAtLeast size: Int, upTo limit: Int = .max) throws(FormatError) -> Int {
        let start = position
        let count = try number(what, upTo: limit)
        guard count <= remaining / size else {
            throw FormatError(
                .truncated, "\(what) is \(count); the \(remaining) bytes left cannot hold that many",
                offset: UInt64(start))
        }
        return count
    }

    private func truncated(_ what: String) -> FormatError {
        FormatError(.truncated, "the bytes end inside \(what)", offset: origin + UInt64(end))
    }
}
