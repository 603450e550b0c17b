internal import ModmetaFormats

/// The records of a patch file, handed out to decoders in order.
actor PatchRecords {
    /// A record with its payload and positions.
    struct Next: Sendable {
        /// The record number, from 0.
        var index: Int
        /// The fields of the record.
        var record: PatchRecord
        /// The payload.
        var payload: [UInt8]
        /// The byte offset of the payload in the patch file.
        var payloadOffset: Int
        /// The byte offset of the chunk in the new file.
        var start: Int
    }

    /// The sizes and digests the patch declares.
    nonisolated let summary: PatchFile.Summary
    private var reader: PatchReader
    private var count = 0
    private var start = 0

    init(path: String) throws(DeltaError) {
        reader = try PatchReader(path: path)
        summary = reader.summary
    }

    /// Returns the next record; nil at the end of the file.
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

/// Decodes the records of a patch file; each task has its own decoder.
final class PatchDecoder {
    private let old: InputFile
    private let path: String
    private let codec = ChunkCodec()
    private let baseMemory = ScratchBuffer()

    /// - Parameters:
    ///   - old: the file the patch was made from.
    ///   - path: the path of the patch, for messages.
    init(old: InputFile, path: String) {
        self.old = old
        self.path = path
    }

    /// Returns the bytes of a chunk.
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
