public import ModmetaFormats

/// A file that turns one file into another: payloads of all chunks with the bytes of the old file they need.
///
/// The format is docs/formats/patch-file.md. Memory is bounded by one chunk and its base, whatever the files' sizes.
public enum PatchFile {
    /// What a patch says about the two files.
    public struct Summary: Hashable, Sendable {
        /// The size of the old file in bytes.
        public var oldSize: Int
        /// The SHA-256 of the old file.
        public var oldDigest: Digest
        /// The size of the new file in bytes.
        public var newSize: Int
        /// The SHA-256 of the new file.
        public var newDigest: Digest
    }

    /// Writes the patch that turns the file `old` into the file `new`.
    ///
    /// - Throws: `fileSystem` if a file cannot be read or written, `malformed` if the plan does not cover the new file.
    /// - Returns: the sizes and digests the patch declares.
    @discardableResult
    public static func create(
        old oldPath: String, new newPath: String, plan: PatchPlan, output: String
    ) throws(DeltaError) -> Summary {
        let old = try InputFile(path: oldPath)
        let new = try InputFile(path: newPath)
        let file = try OutputFile(path: output)
        let codec = ChunkCodec()
        let chunkMemory = ScratchBuffer()
        let baseMemory = ScratchBuffer()
        var hash = SHA256()
        var summary = Summary(
            oldSize: old.size, oldDigest: try old.digest(), newSize: new.size, newDigest: SHA256.hash([]))
        try file.append(PatchFormat.header(summary))
        var end = 0
        for chunk in plan.chunks {
            guard chunk.range.lowerBound == end, chunk.range.count > 0, chunk.range.upperBound <= new.size else {
                throw DeltaError(.malformed, "the planned chunks do not cover \(newPath) in order", offset: end)
            }
            end = chunk.range.upperBound
            let raw = try new.chunk(chunk.range, in: chunkMemory)
            hash.update(raw)
            let base = try old.base(chunk.base, in: baseMemory)
            var record = PatchRecord(encoding: .raw, rawLength: raw.count, base: [], payloadLength: raw.count)
            var payload = try codec.encodeDelta(raw, base: base, pieces: chunk.pieces)
            record.encoding = .delta
            record.base = chunk.base
            // A delta this small is never beaten by a chunk without a base.
            if payload.count * 4 > raw.count, let full = try codec.encodeFull(raw, pieces: chunk.pieces),
                full.count < payload.count
            {
                payload = full
                record.encoding = .full
                record.base = []
            }
            if payload.count >= raw.count {
                payload = Array(raw)
                record.encoding = .raw
                record.base = []
            }
            record.payloadLength = payload.count
            try file.append(record.serialized())
            try file.append(payload)
        }
        guard end == new.size else {
            throw DeltaError(.malformed, "the planned chunks end before \(newPath) does", offset: end)
        }
        summary.newDigest = hash.finish()
        try file.overwrite(PatchFormat.header(summary), at: 0)
        try file.commit()
        return summary
    }

    /// Makes the new file from the old file and a patch.
    ///
    /// The output appears under its name only after its SHA-256 was found right.
    ///
    /// - Throws: `malformed` if the patch is damaged or made for another old file, `fileSystem` if a file cannot be read
    ///   or written.
    /// - Returns: the sizes and digests the patch declares.
    @discardableResult
    public static func apply(
        patch patchPath: String, old oldPath: String, output: String
    ) throws(DeltaError) -> Summary {
        let old = try InputFile(path: oldPath)
        var reader = try PatchReader(path: patchPath)
        let summary = reader.summary
        guard old.size == summary.oldSize, try old.digest() == summary.oldDigest else {
            throw DeltaError(.malformed, "\(oldPath) is not the file that \(patchPath) was made from")
        }
        let file = try OutputFile(path: output)
        let codec = ChunkCodec()
        let chunkMemory = ScratchBuffer()
        let baseMemory = ScratchBuffer()
        var hash = SHA256()
        while let (record, payload) = try reader.next() {
            let base = try old.base(record.base, in: baseMemory)
            let raw = chunkMemory.reserve(record.rawLength)
            do {
                try codec.decode(payload, encoding: record.encoding, base: base, into: raw)
            } catch {
                throw DeltaError(
                    error.code, "\(patchPath), chunk at byte \(file.count) of the new file: \(error.message)",
                    offset: reader.payloadOffset + error.offset)
            }
            hash.update(UnsafeRawBufferPointer(raw))
            try file.append(UnsafeRawBufferPointer(raw))
        }
        guard hash.finish() == summary.newDigest else {
            throw DeltaError(
                .malformed, "applying \(patchPath) gives a file with another SHA-256 than it declares")
        }
        try file.commit()
        return summary
    }
}

extension InputFile {
    /// Reads a range of the file.
    func chunk(_ range: Range<Int>, in memory: ScratchBuffer) throws(DeltaError) -> UnsafeRawBufferPointer {
        guard range.count <= ChunkLimits.maximum else {
            throw DeltaError(.limitExceeded, "a chunk of \(range.count) bytes is longer than a chunk may be")
        }
        let bytes = memory.reserve(range.count)
        try read(at: range.lowerBound, into: bytes)
        return UnsafeRawBufferPointer(bytes)
    }

    /// Reads runs of the file one after the other.
    func base(_ ranges: [Range<Int>], in memory: ScratchBuffer) throws(DeltaError) -> UnsafeRawBufferPointer {
        var count = 0
        for range in ranges {
            guard range.lowerBound >= 0, range.upperBound <= size else {
                throw DeltaError(.malformed, "a base reaches behind the end of \(path)", offset: range.upperBound)
            }
            guard range.count <= PayloadFormat.maximumBase - count else {
                throw DeltaError(.limitExceeded, "a base is longer than a base may be", offset: range.lowerBound)
            }
            count += range.count
        }
        let bytes = memory.reserve(count)
        var done = 0
        for range in ranges {
            try read(
                at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: bytes[done..<done + range.count]))
            done += range.count
        }
        return UnsafeRawBufferPointer(bytes)
    }
}
