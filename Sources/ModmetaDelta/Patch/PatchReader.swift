import ModmetaFormats

/// Reads the records of a patch file in order.
struct PatchReader {
    let summary: PatchFile.Summary
    /// The byte offset of the last record's payload in the file.
    private(set) var payloadOffset = 0

    private let file: InputFile
    private let memory = ScratchBuffer()
    private var offset = PatchFormat.headerLength
    private var left: Int

    init(path: String) throws(DeltaError) {
        file = try InputFile(path: path)
        guard file.size >= PatchFormat.headerLength else {
            throw DeltaError(.malformed, "\(path) is too short for a modmeta patch")
        }
        let bytes = memory.reserve(PatchFormat.headerLength)
        try file.read(at: 0, into: bytes)
        var reader = PayloadReader(UnsafeRawBufferPointer(bytes))
        guard try reader.slice(PatchFormat.magic.count, "the magic").elementsEqual(PatchFormat.magic) else {
            throw DeltaError(.malformed, "\(path) is not a modmeta patch: the magic is missing")
        }
        let version = try reader.byte("the version")
        guard version == PatchFormat.version else {
            throw DeltaError(
                .unsupportedVersion,
                "\(path) has patch version \(version); this modmeta reads version \(PatchFormat.version)", offset: 4)
        }
        summary = PatchFile.Summary(
            oldSize: try reader.size("the old size"), oldDigest: try reader.digest("the old SHA-256"),
            newSize: try reader.size("the new size"), newDigest: try reader.digest("the new SHA-256"))
        left = summary.newSize
    }

    /// Returns the next record and its payload, valid until the next call; nil at the end of the file.
    mutating func next() throws(DeltaError) -> (PatchRecord, UnsafeRawBufferPointer)? {
        guard left > 0 else {
            guard offset == file.size else {
                throw DeltaError(.malformed, "bytes follow the last chunk of \(file.path)", offset: offset)
            }
            return nil
        }
        let lengthBytes = try read(4)
        let length = Int(UInt32(littleEndian: lengthBytes.loadUnaligned(as: UInt32.self)))
        guard length <= PatchFormat.maximumHeadLength else {
            throw DeltaError(.limitExceeded, "a record head of \(length) bytes is too long", offset: offset - 4)
        }
        let start = offset
        let record: PatchRecord
        do {
            record = try PatchRecord(parsing: try read(length), left: left, oldSize: summary.oldSize)
        } catch {
            throw DeltaError(error.code, error.message, offset: start + error.offset)
        }
        payloadOffset = offset
        let payload = try read(record.payloadLength)
        left -= record.rawLength
        return (record, payload)
    }

    private mutating func read(_ count: Int) throws(DeltaError) -> UnsafeRawBufferPointer {
        guard count <= file.size - offset else {
            throw DeltaError(.malformed, "\(file.path) ends within a record", offset: file.size)
        }
        let bytes = memory.reserve(count)
        try file.read(at: offset, into: bytes)
        offset += count
        return UnsafeRawBufferPointer(bytes)
    }
}
