/// One chunk of a new file and the old bytes it is compared with.
public struct PatchChunk: Hashable, Sendable {
    /// The range in the new file; at most `ChunkLimits.maximum` bytes.
    public var range: Range<Int>
    /// The ranges of the old file that make up the base, in order.
    public var base: [Range<Int>]
    /// The parts of the chunk; `CodedPiece.base` counts from the start of the base.
    public var pieces: [CodedPiece]

    /// Creates a chunk.
    public init(range: Range<Int>, base: [Range<Int>], pieces: [CodedPiece]) {
        self.range = range
        self.base = base
        self.pieces = pieces
    }
}
