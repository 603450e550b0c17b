internal import ModmetaDelta
internal import ModmetaFormats

/// What one chunk is compared with: runs of a base manifest's entries, and how the chunk's pieces lie on them.
struct ChunkBase: Sendable {
    /// The longest base a payload may have, see docs/formats/manifest.md.
    private static let lengthLimit = 4 * ChunkLimits.maximum

    /// The runs; the base is their concatenation.
    var segments: [Manifest.Segment]
    /// The pieces of the chunk with their ranges of the base.
    var pieces: [CodedPiece]

    /// The bytes of the chunk that have something to be compared with.
    var coveredLength: Int { pieces.reduce(0) { $0 + ($1.base == nil ? 0 : $1.length) } }

    /// Finds what the pieces of a chunk correspond to; nil if that is nothing.
    init?(pieces: [PlannedChunk.Piece], of layout: Layout, in base: BaseManifest) {
        self.init(
            pieces: pieces.map { piece in
                (piece, base.counterpart(of: piece, in: layout), piece.tensor.flatMap { layout.tensors[$0].rowLength })
            }, in: base)
    }

    /// Compares an opaque chunk with a window of the base that starts where the chunk is expected.
    init?(opaque piece: PlannedChunk.Piece, expectedAt offset: UInt64, in base: BaseManifest) {
        let length = UInt64(piece.range.count)
        let slack: UInt64 = 256 << 10
        let size = base.manifest.layout.size
        let lower = min(offset, size)
        let upper = min(size, lower + min(length + slack, 4 << 20))
        guard lower < upper else { return nil }
        self.init(pieces: [(piece, lower..<upper, nil)], in: base)
    }

    private init?(pieces: [(PlannedChunk.Piece, Range<UInt64>?, rowLength: Int?)], in base: BaseManifest) {
        segments = []
        self.pieces = []
        var baseLength = 0
        for (piece, counterpart, rowLength) in pieces {
            // A tensor with fewer rows in the base is compared as far as it goes; what is left is new.
            let split = piece.tensor == nil ? nil : counterpart.map(\.count)
            guard let counterpart, baseLength + counterpart.count <= Self.lengthLimit else {
                self.pieces.append(CodedPiece(length: piece.range.count, element: piece.element))
                continue
            }
            for segment in base.segments(of: counterpart) { append(segment) }
            let range = baseLength..<baseLength + counterpart.count
            baseLength = range.upperBound
            let compared = min(split ?? piece.range.count, piece.range.count)
            self.pieces.append(
                CodedPiece(length: compared, element: piece.element, base: range, rowLength: rowLength))
            if compared < piece.range.count {
                self.pieces.append(CodedPiece(length: piece.range.count - compared, element: piece.element))
            }
        }
        guard !segments.isEmpty else { return nil }
    }

    private mutating func append(_ segment: Manifest.Segment) {
        if let last = segments.last, last.entry == segment.entry, last.offset + last.length == segment.offset {
            segments[segments.count - 1].length += segment.length
        } else {
            segments.append(segment)
        }
    }
}
