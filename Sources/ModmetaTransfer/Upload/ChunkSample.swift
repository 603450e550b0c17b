internal import ModmetaDelta
internal import ModmetaFormats

/// A part of a chunk that stands for the whole when bases are compared.
struct ChunkSample {
    /// The longest part that is encoded, in bytes.
    private static let length = 256 << 10

    private let wholeLength: Int
    private let range: Range<Int>
    private let base: Range<Int>
    private let piece: CodedPiece

    /// Takes the middle of the longest piece that has a base.
    ///
    /// - Parameter pieces: a chunk's pieces, at least one of them with a base.
    init(of pieces: [CodedPiece]) {
        var start = 0
        var longest = (start: 0, piece: pieces[0])
        for piece in pieces {
            if piece.base != nil, longest.piece.base == nil || piece.length > longest.piece.length {
                longest = (start, piece)
            }
            start += piece.length
        }
        wholeLength = start
        var sampled = longest.piece
        let whole = longest.piece.base ?? 0..<0
        guard sampled.length == whole.count, sampled.length > Self.length else {
            range = longest.start..<longest.start + sampled.length
            base = whole
            sampled.base = 0..<whole.count
            piece = sampled
            return
        }
        // Rows start at multiples of their length from the piece's start, and words at multiples of their width.
        let row = (sampled.rowLength ?? 1) * sampled.element.width
        let skipped = (sampled.length - Self.length) / 2 / row * row
        range = longest.start + skipped..<longest.start + skipped + Self.length
        base = whole.lowerBound + skipped..<whole.lowerBound + skipped + Self.length
        sampled.length = Self.length
        sampled.base = 0..<Self.length
        piece = sampled
    }

    /// How many bytes the delta of the whole chunk may have, going by the sample.
    func estimatedLength(raw: [UInt8], base bytes: [UInt8], codec: ChunkCodec) throws -> Double {
        guard base.upperBound <= bytes.count, !range.isEmpty else { return Double(wholeLength) }
        let payload = try raw.withUnsafeBytes { raw in
            try bytes.withUnsafeBytes { bytes in
                try codec.encodeDelta(
                    UnsafeRawBufferPointer(rebasing: raw[range]), base: UnsafeRawBufferPointer(rebasing: bytes[base]),
                    pieces: [piece])
            }
        }
        return Double(payload.count) * Double(wholeLength) / Double(range.count)
    }
}
