internal import ModmetaFormats
internal import Synchronization

/// Hands out the chunks of a patch to encoders, in order.
final class PatchQueue: Sendable {
    private let chunks: [PatchChunk]
    private let taken = Atomic(0)

    init(_ chunks: [PatchChunk]) { self.chunks = chunks }

    /// Returns the next chunk and its number; nil if none are left.
    func next() -> (index: Int, chunk: PatchChunk)? {
        let index = taken.add(1, ordering: .relaxed).oldValue
        return index < chunks.count ? (index, chunks[index]) : nil
    }
}

/// Encodes the records of a patch file; each task has its own encoder.
final class PatchEncoder {
    private let old: InputFile
    private let new: InputFile
    private let codec = ChunkCodec()
    private let baseMemory = ScratchBuffer()

    init(old: InputFile, new: InputFile) {
        self.old = old
        self.new = new
    }

    /// Encodes a chunk and proves that it decodes.
    ///
    /// - Returns: the chunk's bytes, and its record with the payload.
    func encode(_ chunk: PatchChunk) throws(DeltaError) -> (raw: [UInt8], record: [UInt8]) {
        let raw = try new.chunk(chunk.range)
        let base = try old.base(chunk.base, in: baseMemory)
        let (record, payload) = try raw.span.bytes.withUnsafeBytes { raw throws(DeltaError) in
            try smallest(raw, base: base, chunk: chunk)
        }
        return (raw, record.serialized() + payload)
    }

    private func smallest(
        _ raw: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, chunk: PatchChunk
    ) throws(DeltaError) -> (PatchRecord, [UInt8]) {
        var record = PatchRecord(encoding: .raw, rawLength: raw.count, base: chunk.base, payloadLength: 0)
        var payload = Array(raw)
        if !chunk.base.isEmpty {
            let delta = try codec.encodeDelta(raw, base: base, pieces: chunk.pieces)
            if delta.count < payload.count { (payload, record.encoding) = (delta, .delta) }
        }
        // A chunk without a base never beats a delta this small.
        if payload.count * 4 > raw.count, let full = try codec.encodeFull(raw, pieces: chunk.pieces),
            full.count < payload.count
        {
            (payload, record.encoding) = (full, .full)
        }
        if record.encoding != .delta { record.base = [] }
        record.payloadLength = payload.count
        let under = record.encoding == .delta ? base : UnsafeRawBufferPointer(start: nil, count: 0)
        try payload.span.bytes.withUnsafeBytes { payload throws(DeltaError) in
            try codec.prove(payload, encoding: record.encoding, base: under, decodesTo: raw)
        }
        return (record, payload)
    }
}
