/// One file of a zip archive, as described in the central directory; see docs/formats/pytorch.md.
struct ZipEntry: Hashable, Sendable {
    /// The name, with `/` between its parts.
    var name: String
    /// The compression method; 0 is stored.
    var method: UInt16
    /// The bytes of the file in the archive.
    var storedSize: UInt64
    /// The uncompressed bytes of the file.
    var size: UInt64
    /// The offset of the local header in the archive.
    var headerOffset: UInt64

    /// Whether the archive holds the bytes uncompressed.
    var isStored: Bool { method == 0 && storedSize == size }
}

extension ZipEntry {
    /// The bytes of a central header before name, extra fields and comment.
    static let centralLength = 46
    /// The bytes of a local header before name and extra fields.
    static let localLength = 30

    /// Reads the next entry of a central directory.
    init(parsing reader: inout ByteReader) throws(FormatError) {
        let start = reader.offset
        guard try reader.uint32("a central header") == 0x0201_4B50 else {
            throw FormatError(
                .malformed, "the zip archive has no central header where its directory says", offset: start)
        }
        _ = try reader.slice(4, "a central header")
        let flags = try reader.uint16("a central header")
        method = try reader.uint16("a central header")
        _ = try reader.slice(8, "a central header")
        storedSize = UInt64(try reader.uint32("a central header"))
        size = UInt64(try reader.uint32("a central header"))
        let nameLength = Int(try reader.uint16("a central header"))
        let extraLength = Int(try reader.uint16("a central header"))
        let commentLength = Int(try reader.uint16("a central header"))
        _ = try reader.slice(8, "a central header")
        headerOffset = UInt64(try reader.uint32("a central header"))
        guard let name = String(validating: try reader.slice(nameLength, "the name of a zip entry"), as: UTF8.self)
        else {
            throw FormatError(.malformed, "the name of a zip entry is not UTF-8", offset: start)
        }
        self.name = name
        var extra = ByteReader(Array(try reader.slice(extraLength, "the extra fields of a zip entry")), origin: start)
        try readZip64(&extra)
        _ = try reader.slice(commentLength, "the comment of a zip entry")
        guard flags & 1 == 0 else {
            throw FormatError(.malformed, "the zip entry \(QuotedName(name)) is encrypted", offset: start)
        }
    }

    /// Replaces fields that do not fit in 32 bits with those of the zip64 extra field.
    private mutating func readZip64(_ extra: inout ByteReader) throws(FormatError) {
        let large = UInt64(UInt32.max)
        guard size == large || storedSize == large || headerOffset == large else { return }
        while extra.remaining >= 4 {
            let id = try extra.uint16("an extra field")
            let length = Int(try extra.uint16("an extra field"))
            guard id == 1 else {
                _ = try extra.slice(length, "an extra field")
                continue
            }
            var field = ByteReader(Array(try extra.slice(length, "the zip64 field")), origin: extra.origin)
            if size == large { size = try field.uint64("the zip64 field") }
            if storedSize == large { storedSize = try field.uint64("the zip64 field") }
            if headerOffset == large { headerOffset = try field.uint64("the zip64 field") }
            return
        }
    }
}
