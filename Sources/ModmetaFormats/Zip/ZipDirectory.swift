/// The central directory of a zip archive: its files and their offsets.
///
/// Supports single-disk archives, with and without zip64; see docs/formats/pytorch.md, "The archive". Nothing is ever
/// decompressed.
struct ZipDirectory {
    /// The bytes of the largest central directory that is read.
    static let lengthLimit: UInt64 = 64 << 20
    /// The most entries.
    static let entryLimit: UInt64 = 1 << 20
    /// The magic of an archive with at least one file.
    static let magic: [UInt8] = [0x50, 0x4B, 3, 4]

    /// The entries in the order of the directory.
    let entries: [ZipEntry]
    /// The offset of the directory; the files end before it.
    let offset: UInt64

    /// Reads the directory of an archive.
    ///
    /// - Throws: `FormatError` if the bytes are not a supported archive, or entries overlap, leave it or share a name.
    init(parsing source: some ByteSource) throws {
        let end = try ZipEnd(parsing: source)
        offset = end.directory.lowerBound
        var reader = ByteReader(try source.read(end.directory), origin: offset)
        var entries: [ZipEntry] = []
        guard end.entryCount <= UInt64(reader.remaining / ZipEntry.centralLength) else {
            throw FormatError(
                .malformed, "the zip directory's \(reader.remaining) bytes cannot hold \(end.entryCount) entries",
                offset: offset)
        }
        entries.reserveCapacity(Int(end.entryCount))
        for _ in 0..<end.entryCount { entries.append(try ZipEntry(parsing: &reader)) }
        self.entries = entries
        try checkPlaces()
    }

    /// Checks that entries follow each other before the directory, and that no two share a name.
    private func checkPlaces() throws(FormatError) {
        var names = Set<ByteString>(minimumCapacity: entries.count)
        var covered: UInt64 = 0
        for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
            guard names.insert(ByteString(entry.name)).inserted else {
                throw FormatError(
                    .malformed, "two zip entries have the name \(QuotedName(entry.name))", offset: entry.headerOffset)
            }
            guard entry.headerOffset >= covered else {
                throw FormatError(
                    .malformed, "the zip entry \(QuotedName(entry.name)) overlaps the one before it",
                    offset: entry.headerOffset)
            }
            let least = UInt64(ZipEntry.localLength + entry.name.utf8.count)
            let (data, dataOverflow) = entry.headerOffset.addingReportingOverflow(least)
            let (end, endOverflow) = data.addingReportingOverflow(entry.storedSize)
            guard !dataOverflow, !endOverflow, end <= offset else {
                throw FormatError(
                    .malformed,
                    "the zip entry \(QuotedName(entry.name)) extends past byte \(offset), where the "
                        + "directory starts", offset: entry.headerOffset)
            }
            covered = end
        }
    }

    /// The byte range of an entry, according to its local header.
    ///
    /// - Throws: `FormatError` if the local header does not match the entry, or the entry is compressed.
    func data(of entry: ZipEntry, in source: some ByteSource) throws -> Range<UInt64> {
        guard entry.isStored else {
            throw FormatError(
                .malformed, "the zip entry \(QuotedName(entry.name)) is compressed; only stored ones are read",
                offset: entry.headerOffset)
        }
        let fixed = UInt64(ZipEntry.localLength)
        let name = Array(entry.name.utf8)
        let header = entry.headerOffset..<entry.headerOffset + fixed + UInt64(name.count)
        var reader = ByteReader(try source.read(header), origin: entry.headerOffset)
        let magic = try reader.slice(4, "a local header")
        _ = try reader.slice(4, "a local header")
        let method = try reader.uint16("a local header")
        _ = try reader.slice(16, "a local header")
        let nameLength = Int(try reader.uint16("a local header"))
        let extraLength = UInt64(try reader.uint16("a local header"))
        guard Array(magic) == ZipDirectory.magic, method == entry.method, nameLength == name.count,
            try reader.slice(name.count, "a local header").elementsEqual(name)
        else {
            throw FormatError(
                .malformed,
                "the local header of the zip entry \(QuotedName(entry.name)) does not match the directory",
                offset: entry.headerOffset)
        }
        // Neither addition overflows: the entry is known to end before the directory.
        let start = header.upperBound + extraLength
        guard start + entry.size <= offset else {
            throw FormatError(
                .malformed, "the zip entry \(QuotedName(entry.name)) extends into the directory",
                offset: entry.headerOffset)
        }
        return start..<start + entry.size
    }
}
