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

    /// The next chunk, or nil at the end of the file.
    func next() throws -> Chunk? {
        guard let chunk = try cut() else { return nil }
        hash?.update(chunk.bytes)
        nextIndex += 1
        return chunk
    }

    /// The digest of the whole file; to be called once, after `next` gave nil.
    func digest() -> Digest? { hash.take()?.finish() }

    private func cut() throws -> Chunk? {
        switch cutter {
        case .planned(let plan):
            guard nextIndex < plan.count else { return nil }
            let planned = plan[nextIndex]
            return Chunk(
                index: nextIndex, range: planned.range, pieces: planned.pieces,
                bytes: try file.read(at: planned.range.lowerBound, count: planned.range.count))
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
