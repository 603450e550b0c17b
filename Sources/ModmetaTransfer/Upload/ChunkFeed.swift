internal import ModmetaFormats

/// Hands out the chunks of a file in order, and hashes the whole file on the way.
///
/// The file is read once. Workers ask when they hold a work slot, so no more chunks are in memory than there are slots.
actor ChunkFeed {
    /// A chunk of the file, and its bytes.
    struct Chunk: Sendable {
        var index: Int
        var range: Range<UInt64>
        var pieces: [PlannedChunk.Piece]
        var bytes: [UInt8]
    }

    private let file: LocalFile
    private var cutter: Cutter
    private var hash: SHA256? = SHA256()
    private var nextIndex = 0
    /// The chunks that were put back; as long as there are any, none are handed out.
    private var putBack: [ReturnedChunk] = []
    /// Those of them that are handed out again.
    private var returned: [ReturnedChunk] = []

    /// A chunk without its bytes, and what they hash to.
    private struct ReturnedChunk {
        var chunk: Chunk
        var digest: Digest
    }

    /// How the file is cut: by a plan made beforehand, or by its content while it is read.
    private enum Cutter {
        case planned([PlannedChunk])
        case contentDefined(OpaqueReader)
    }

    init(file: LocalFile, layout: Layout, sizes: ChunkSizes) {
        self.file = file
        cutter =
            layout.tensors.isEmpty ? .contentDefined(OpaqueReader()) : .planned(ChunkPlanner.plan(layout, sizes: sizes))
    }

    /// The next chunk, or nil at the end of the file and where a chunk was put back.
    ///
    /// - Parameter memory: bytes that nobody needs any more, in whose memory the chunk's may be.
    /// - Throws: `TransferError.Code.changed` if a chunk that was put back is not what it was.
    func next(in memory: consuming [UInt8]) throws -> Chunk? {
        guard putBack.isEmpty else { return nil }
        if let again = returned.popLast() { return try read(again) }
        guard let chunk = try cut(in: memory) else { return nil }
        hash?.update(chunk.bytes)
        nextIndex += 1
        return chunk
    }

    /// Takes back a chunk that cannot be dealt with yet, and hands out none until `goOn`.
    func putBack(_ chunk: Chunk) {
        var returned = ReturnedChunk(chunk: chunk, digest: SHA256.hash(chunk.bytes))
        returned.chunk.bytes = []
        putBack.append(returned)
    }

    /// Hands out chunks again, first of all those that were put back; false if there are none of these.
    func goOn() -> Bool {
        returned += putBack
        putBack = []
        return !returned.isEmpty
    }

    /// Reads a chunk again, whose bytes went into the hash of the file already.
    private func read(_ again: ReturnedChunk) throws -> Chunk {
        var chunk = again.chunk
        chunk.bytes = try file.read(at: chunk.range.lowerBound, count: chunk.range.count)
        guard SHA256.hash(chunk.bytes) == again.digest else {
            throw TransferError(
                .changed, "\(file.path) changed at byte \(chunk.range.lowerBound) while it was read; push again")
        }
        return chunk
    }

    /// The digest of the whole file; to be called once, after `next` gave nil.
    func digest() -> Digest? { hash.take()?.finish() }

    private func cut(in memory: consuming [UInt8]) throws -> Chunk? {
        switch cutter {
        case .planned(let plan):
            guard nextIndex < plan.count else { return nil }
            let planned = plan[nextIndex]
            try file.read(at: planned.range.lowerBound, count: planned.range.count, into: &memory)
            return Chunk(index: nextIndex, range: planned.range, pieces: planned.pieces, bytes: memory)
        case .contentDefined(var reader):
            // Taken out of the enum while it changes, so that its buffer is not copied.
            cutter = .planned([])
            defer { cutter = .contentDefined(reader) }
            let start = reader.position
            guard let bytes = try reader.next(from: file) else { return nil }
            let range = start..<start + UInt64(bytes.count)
            return Chunk(
                index: nextIndex, range: range,
                pieces: [PlannedChunk.Piece(tensor: nil, range: range, element: .byte)], bytes: bytes)
        }
    }
}
