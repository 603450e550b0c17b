/// Concatenated zip archives in one file, as torch.distributed.checkpoint writes them.
///
/// The offsets in each archive count from its own start. Archives are found from the end of the file backwards: the end
/// record of each determines its length. See docs/formats/distcp.md.
enum ZipSeries {
    /// The most archives read from one file.
    static let countLimit = 1 << 18
    private static let recordLength: UInt64 = 22
    private static let locatorLength: UInt64 = 20
    private static let record64Length: UInt64 = 56

    /// The archives in file order; bytes before the first are not an archive.
    ///
    /// - Returns: one range that is the whole file for an ordinary archive, none for a file that does not end with an
    ///   end record.
    static func archives(in source: some ByteSource) throws -> [Range<UInt64>] {
        var found: [Range<UInt64>] = []
        var end = source.size
        while end > 0, found.count < countLimit, let start = try start(ofArchiveEndingAt: end, in: source) {
            found.append(start..<end)
            end = start
        }
        return found.reversed()
    }

    /// The start of the archive whose end record, without a comment, ends at `end`; nil if there is none.
    private static func start(ofArchiveEndingAt end: UInt64, in source: some ByteSource) throws -> UInt64? {
        let length = min(end, recordLength + locatorLength + record64Length)
        guard length >= recordLength else { return nil }
        let tail = try source.read(end - length..<end)
        var record = ByteReader(tail, in: tail.count - Int(recordLength)..<tail.count)
        guard try record.uint32("the end record") == 0x0605_4B50 else { return nil }
        _ = try record.slice(8, "the end record")
        let size = UInt64(try record.uint32("the end record"))
        let offset = UInt64(try record.uint32("the end record"))
        guard try record.uint16("the end record") == 0 else { return nil }
        // The bytes from the start of the archive to the end of its directory.
        var extent = size + offset
        var behind = recordLength
        if length == recordLength + locatorLength + record64Length {
            var large = ByteReader(tail)
            let isRecord = try large.uint32("the zip64 end record") == 0x0606_4B50
            _ = try large.slice(36, "the zip64 end record")
            let size64 = try large.uint64("the zip64 end record")
            let offset64 = try large.uint64("the zip64 end record")
            if isRecord, try large.uint32("the zip64 locator") == 0x0706_4B50 {
                let (sum, overflow) = size64.addingReportingOverflow(offset64)
                guard !overflow else { return nil }
                (extent, behind) = (sum, length)
            }
        }
        let (whole, overflow) = extent.addingReportingOverflow(behind)
        guard !overflow, whole <= end, extent > 0 else { return nil }
        let start = end - whole
        return try source.read(start..<start + 4) == ZipDirectory.magic ? start : nil
    }
}
