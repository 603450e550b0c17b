/// What the end of a zip archive says about its central directory.
struct ZipEnd {
    /// The bytes of the end record without the comment.
    private static let recordLength = 22
    private static let locatorLength: UInt64 = 20
    private static let record64Length: UInt64 = 56

    /// The byte range of the directory in the archive.
    let directory: Range<UInt64>
    /// The number of entries.
    let entryCount: UInt64

    /// Finds the end record and, if present, the zip64 end record.
    init(parsing source: some ByteSource) throws {
        let tailStart = source.size - min(source.size, UInt64(ZipEnd.recordLength) + 65_535)
        let tail = try source.read(tailStart..<source.size)
        guard let place = ZipEnd.find(in: tail) else {
            throw FormatError(
                .truncated, "the zip archive has no end record; it is cut off or another kind of file",
                offset: source.size)
        }
        let recordStart = tailStart + UInt64(place)
        var reader = ByteReader(tail, in: place + 4..<tail.count, origin: tailStart)
        let disks = (try reader.uint16("the end record"), try reader.uint16("the end record"))
        let counts = (try reader.uint16("the end record"), try reader.uint16("the end record"))
        var count = UInt64(counts.1)
        var size = UInt64(try reader.uint32("the end record"))
        var start = UInt64(try reader.uint32("the end record"))
        var limit = recordStart
        guard disks == (0, 0) || disks == (0xFFFF, 0xFFFF), counts.0 == counts.1 else {
            throw FormatError(.malformed, "the zip archive spans several disks", offset: recordStart)
        }
        let isLarge = count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF
        if isLarge, let record = try ZipEnd.record64(before: recordStart, in: source) {
            (count, size, start, limit) = (record.count, record.size, record.start, record.offset)
        }
        let (end, overflow) = start.addingReportingOverflow(size)
        guard !overflow, end <= limit else {
            throw FormatError(.malformed, "the zip directory extends past its end record", offset: recordStart)
        }
        guard size <= ZipDirectory.lengthLimit, count <= ZipDirectory.entryLimit else {
            throw FormatError(
                .limitExceeded,
                "the zip directory has \(count) entries in \(size) bytes, "
                    + "more than the limit of \(ZipDirectory.entryLimit) entries or \(ZipDirectory.lengthLimit) bytes",
                offset: start)
        }
        directory = start..<end
        entryCount = count
    }

    /// The offset of the last end record whose comment ends at the end of the file.
    private static func find(in tail: [UInt8]) -> Int? {
        guard tail.count >= recordLength else { return nil }
        return (0...tail.count - recordLength).reversed().first { place in
            tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5 && tail[place + 3] == 6
                && Int(tail[place + 20]) | Int(tail[place + 21]) << 8 == tail.count - recordLength - place
        }
    }

    private static func record64(
        before recordStart: UInt64, in source: some ByteSource
    ) throws -> (count: UInt64, size: UInt64, start: UInt64, offset: UInt64)? {
        guard recordStart >= locatorLength else { return nil }
        let locatorStart = recordStart - locatorLength
        var locator = ByteReader(try source.read(locatorStart..<recordStart), origin: locatorStart)
        guard try locator.uint32("the zip64 locator") == 0x0706_4B50 else { return nil }
        _ = try locator.uint32("the zip64 locator")
        let start = try locator.uint64("the zip64 locator")
        guard locatorStart >= record64Length, start <= locatorStart - record64Length else {
            throw FormatError(.malformed, "the zip64 end record is not where its locator says", offset: locatorStart)
        }
        var record = ByteReader(try source.read(start..<start + record64Length), origin: start)
        guard try record.uint32("the zip64 end record") == 0x0606_4B50 else {
            throw FormatError(.malformed, "the zip64 end record is not where its locator says", offset: locatorStart)
        }
        _ = try record.slice(20, "the zip64 end record")
        let counts = (try record.uint64("the zip64 end record"), try record.uint64("the zip64 end record"))
        guard counts.0 == counts.1 else {
            throw FormatError(.malformed, "the zip archive spans several disks", offset: start)
        }
        return (
            counts.1, try record.uint64("the zip64 end record"), try record.uint64("the zip64 end record"), start
        )
    }
}
