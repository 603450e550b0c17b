internal import ModmetaFormats

/// The records of a patch file, for those who decode them.
actor PatchRecords {
    /// A record, its payload and where it comes from.
    struct Next: Sendable {
        /// The number of the record.
        var index: Int
        /// What the patch says about the chunk.
        var record: PatchRecord
        /// The payload.
        var payload: [UInt8]
        /// Where the payload starts in the patch file.
        var payloadOffset: Int
        /// Where the chunk starts in the new file.
        var start: Int
    }

    /// What the patch says about the two files.
    nonisolated let summary: PatchFile.Summary
    private var reader: PatchReader
    private var count = 0
    private var start = 0

    init(path: String) throws(DeltaError) {
        reader = try PatchReader(path: path)
        summary = reader.summary
    }

    /// The next record; nil at the end of the file.
    func next() throws(DeltaError) -> Next? {
        guard let (record, payload) = try reader.next() else { return nil }
        defer {
            count += 1
            start += record.rawLength
        }
        return Next(
            index: count, record: record, payload: Array(payload), payloadOffset: reader.payloadOffset, start: start)
    }
}

/// Decodes the records of a patch file; one for each task.
final class PatchDecoder {
    private let old: InputFile
    private let path: String
    private let codec = ChunkCodec()
    private let baseMemory = ScratchBuffer()

    /// - Parameters:
    ///   - old: the file the patch was made from.
    ///   - path: where the patch is, for errors.
    init(old: InputFile, path: String) {
        self.old = old
        self.path = path
    }

    /// The bytes of a chunk.
    func decode(_ next: PatchRecords.Next) throws(DeltaError) -> [UInt8] {
        let base = try old.base(next.record.base, in: baseMemory)
        do throws(DeltaError) {
            return try [UInt8](count: next.record.rawLength) { raw throws(DeltaError) in
                try next.payload.span.bytes.withUnsafeBytes { payload throws(DeltaError) in
                    try codec.decode(payload, encoding: next.record.encoding, base: base, into: raw)
                }
            }
        } catch {
            throw DeltaError(
                error.code, "\(path), chunk at byte \(next.start) of the new file: \(error.message)",
                offset: next.payloadOffset + error.offset)
        }
    }
}
