/// A run of bytes that is coded as one unit, and its parts.
public struct PlannedChunk: Hashable, Sendable {
    /// A part of a chunk that belongs to one tensor or to none.
    public struct Piece: Hashable, Sendable {
        /// The index of the tensor in the layout, or nil for bytes outside all tensors.
        public var tensor: Int?
        /// The byte range in the file.
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

    /// The byte range in the file; at most `ChunkLimits.maximum` bytes.
    public var range: Range<UInt64>
    /// The parts, in order, which cover the range without gaps.
    public var pieces: [Piece]

    /// Creates a planned chunk.
    public init(range: Range<UInt64>, pieces: [Piece]) {
        self.range = range
        self.pieces = pieces
    }
}

/// The sizes of chunks, in bytes.
public enum ChunkLimits {
    /// Parts smaller than this are merged with their neighbours.
    public static let minimum = 2 << 20
    /// Tensors larger than this are split, at row boundaries unless a row is larger still.
    public static let target = 8 << 20
    /// The longest chunk; readers refuse longer ones.
    public static let maximum = 16 << 20
}
