/// A run of bytes that is coded as one unit, and what it is made of.
public struct PlannedChunk: Hashable, Sendable {
    /// A part of a chunk that belongs to one tensor, or to none.
    public struct Piece: Hashable, Sendable {
        /// The index of the tensor in the layout, or nil for bytes outside every tensor.
        public var tensor: Int?
        /// The bytes, in bytes from the start of the file.
        public var range: Range<UInt64>
        /// How the bytes divide into numbers.
        public var element: ElementKind

        /// Creates a piece.
        public init(tensor: Int?, range: Range<UInt64>, element: ElementKind) {
            self.tensor = tensor
            self.range = range
            self.element = element
        }
    }

    /// The bytes, in bytes from the start of the file; at most `ChunkLimits.maximum` long.
    public var range: Range<UInt64>
    /// The parts, in order, covering the range without holes.
    public var pieces: [Piece]

    /// Creates a planned chunk.
    public init(range: Range<UInt64>, pieces: [Piece]) {
        self.range = range
        self.pieces = pieces
    }
}

/// The sizes of chunks, in bytes.
public enum ChunkLimits {
    /// Neighbours smaller than this are merged, where there are neighbours.
    public static let minimum = 2 << 20
    /// Tensors larger than this are cut, at rows where rows are not larger still.
    public static let target = 8 << 20
    /// No chunk is longer than this; readers refuse longer ones.
    public static let maximum = 16 << 20
}
