import ModmetaFormats

/// The constants and the header of a patch file, docs/formats/patch-file.md.
enum PatchFormat {
    /// The magic: "mmpt".
    static let magic: [UInt8] = [0x6D, 0x6D, 0x70, 0x74]
    /// The version this program reads and writes.
    static let version: UInt8 = 1
    /// The bytes of the header: magic, version, and size and SHA-256 of both files.
    static let headerLength = 4 + 1 + 2 * (8 + Digest.byteCount)
    /// The longest record head, in bytes; it holds two numbers for each base range.
    static let maximumHeadLength = 16 << 20

    static func header(_ summary: PatchFile.Summary) -> [UInt8] {
        var bytes = magic + [version]
        bytes.append(littleEndian: UInt64(summary.oldSize))
        bytes += summary.oldDigest.bytes
        bytes.append(littleEndian: UInt64(summary.newSize))
        bytes += summary.newDigest.bytes
        return bytes
    }
}

extension [UInt8] {
    /// Appends a word in little-endian order.
    mutating func append<Word: FixedWidthInteger>(littleEndian word: Word) {
        for shift in stride(from: 0, to: Word.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}

extension PayloadReader {
    /// Reads an 8-byte little-endian word that fits in 63 bits.
    mutating func size(_ what: String) throws(DeltaError) -> Int {
        let start = offset
        let bytes = try slice(8, what)
        let value = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard let size = Int(exactly: value) else {
            throw DeltaError(.limitExceeded, "\(what) is larger than a file can be", offset: start)
        }
        return size
    }

    /// Reads a SHA-256.
    mutating func digest(_ what: String) throws(DeltaError) -> Digest {
        let bytes = try slice(Digest.byteCount, what)
        guard let digest = Digest(bytes: bytes) else {
            throw DeltaError(.malformed, "\(what) is not a SHA-256", offset: offset)
        }
        return digest
    }
}
