/// One chunk of a new file and the bytes of the old file it is compared with.
public struct PatchChunk: Hashable, Sendable {
    /// The bytes of the new file; at most `ChunkLimits.maximum`.
    public var range: Range<Int>
    /// The runs of the old file that, one after the other, are the base.
    public var base: [Range<Int>]
    /// What the chunk is made of; the ranges of `CodedPiece.base` count from the start of the base.
    public var pieces: [CodedPiece]

    /// Creates a chunk.
    public init(range: Range<Int>, base: [Range<Int>], pieces: [CodedPiece]) {
        self.range = range
        self.base = base
        self.pieces = pieces
    }
}
