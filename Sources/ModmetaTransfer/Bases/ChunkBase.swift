internal import ModmetaDelta
internal import ModmetaFormats

/// What one chunk is compared with: runs of stored entries, and how the chunk's pieces lie on them.
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
    init?(pieces: [PlannedChunk.Piece], of layout: Layout, in bases: BaseSet) {
        self.init(
            pieces: pieces.flatMap { piece in
                bases.parts(of: piece, in: layout).map { ($0.piece, $0.found, $0.piece.wholeRowLength(in: layout)) }
            }, in: bases)
    }

    /// Compares an opaque chunk with a window of a base that starts where the chunk is expected.
    init?(opaque piece: PlannedChunk.Piece, expectedAt offset: UInt64, of file: Int, in bases: BaseSet) {
        let length = UInt64(piece.range.count)
        let slack: UInt64 = 256 << 10
        let size = bases.files[file].manifest.layout.size
        let lower = min(offset, size)
        let upper = min(size, lower + min(length + slack, 4 << 20))
        guard lower < upper else { return nil }
        self.init(pieces: [(piece, (file, lower..<upper), nil)], in: bases)
    }

    private init?(
        pieces: [(PlannedChunk.Piece, (file: Int, range: Range<UInt64>)?, rowLength: Int?)], in bases: BaseSet
    ) {
        segments = []
        self.pieces = []
        var baseLength = 0
        for (piece, found, rowLength) in pieces {
            guard let found, baseLength + found.range.count <= Self.lengthLimit else {
                self.pieces.append(CodedPiece(length: piece.range.count, element: piece.element))
                continue
            }
            let counterpart = found.range
            // A tensor with fewer rows in the base is compared as far as it goes; what is left is new.
            let split = piece.tensor == nil ? nil : counterpart.count
            for segment in bases.segments(of: counterpart, file: found.file) { append(segment) }
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

extension PlannedChunk.Piece {
    /// The numbers in a row of the piece's tensor, or nil where it has none or the piece starts within one.
    fileprivate func wholeRowLength(in layout: Layout) -> Int? {
        guard let tensor, let row = rowLength(in: layout) else { return nil }
        let skipped = range.lowerBound - layout.tensors[tensor].range.lowerBound
        return skipped.isMultiple(of: UInt64(row * element.width)) ? row : nil
    }
}
