public import ModmetaFormats

/// The old bytes that each chunk of a new file is compared with.
///
/// Tensors are matched by name and element type, not by position, so a reordered file still matches.
public struct PatchPlan: Hashable, Sendable {
    /// The chunks, in the order of the new file, without gaps.
    public private(set) var chunks: [PatchChunk] = []

    /// Plans a patch between two files with known layouts.
    ///
    /// - Parameters:
    ///   - old: the layout of the old file.
    ///   - new: the layout of the new file.
    ///   - planned: the chunks of the new file.
    public init(old: Layout, new: Layout, chunks planned: [PlannedChunk]) {
        var tensors: [ByteString: Layout.Tensor] = [:]
        for tensor in old.tensors { tensors[ByteString(tensor.name)] = tensor }
        for chunk in planned {
            var patch = PatchChunk(
                range: Int(clamping: chunk.range.lowerBound)..<Int(clamping: chunk.range.upperBound), base: [],
                pieces: [])
            for piece in chunk.pieces {
                guard let index = piece.tensor else {
                    patch.append(outside: piece, old: old, new: new)
                    continue
                }
                let tensor = new.tensors[index]
                var base: Range<UInt64>?
                if let match = tensors[ByteString(tensor.name)], match.dtype.hasSameBytes(as: tensor.dtype) {
                    base = PatchPlan.counterpart(of: piece.range, in: tensor, match)
                }
                patch.append(piece.range.count, element: piece.element, base: base, rowLength: tensor.rowLength)
            }
            chunks.append(patch)
        }
    }

    /// The range at the same position of the old tensor, clipped to its end.
    private static func counterpart(
        of range: Range<UInt64>, in tensor: Layout.Tensor, _ old: Layout.Tensor
    ) -> Range<UInt64>? {
        let skipped = range.lowerBound - tensor.range.lowerBound
        guard skipped < old.range.count else { return nil }
        let start = old.range.lowerBound + skipped
        let count = min(UInt64(range.count), old.range.upperBound - start)
        return start..<start + count
    }
}

extension PatchChunk {
    /// Appends bytes outside all tensors: headers are compared with headers, opaque files with the same position.
    fileprivate mutating func append(outside piece: PlannedChunk.Piece, old: Layout, new: Layout) {
        let (range, element) = (piece.range, piece.element)
        if let first = new.tensors.first, let oldFirst = old.tensors.first {
            let isHeader = range.upperBound <= first.range.lowerBound
            return append(range.count, element: element, base: isHeader ? 0..<oldFirst.range.lowerBound : nil)
        }
        if old.size == new.size { return append(range.count, element: element, base: range) }
        // The size changed, so bytes may have moved: search each part in a window that is larger on both sides.
        let part: UInt64 = 1 << 20
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + part)
            let lower = min(old.size, start > part ? start - part : 0)
            append(Int(end - start), element: element, base: lower..<min(old.size, end + part))
            start = end
        }
    }

    /// Appends a piece and its base range, which is merged with the last one if it continues it.
    fileprivate mutating func append(
        _ length: Int, element: ElementKind, base range: Range<UInt64>?, rowLength: Int? = nil
    ) {
        let start = base.reduce(0) { $0 + $1.count }
        guard let range, !range.isEmpty, start + range.count <= PayloadFormat.maximumBase else {
            pieces.append(CodedPiece(length: length, element: element, rowLength: rowLength))
            return
        }
        let run = Int(clamping: range.lowerBound)..<Int(clamping: range.upperBound)
        pieces.append(
            CodedPiece(length: length, element: element, base: start..<start + run.count, rowLength: rowLength))
        if let last = base.last, last.upperBound == run.lowerBound {
            base[base.count - 1] = last.lowerBound..<run.upperBound
        } else {
            base.append(run)
        }
    }
}
