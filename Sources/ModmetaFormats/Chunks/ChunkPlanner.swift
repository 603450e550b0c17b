/// Divides a file with tensors into chunks.
///
/// The rules are docs/formats/chunks.md. They depend only on the layout, and for a large tensor only on the tensor
/// itself, so the same tensors are split the same way in every file and their chunks are recognised.
public enum ChunkPlanner {
    /// Returns the chunks of a file in order; they cover it exactly.
    ///
    /// Takes time linear in the number of tensors and chunks. Empty tensors are in no chunk. Tensors that overlap the
    /// previous one or leave the file, which no validated layout has, count as bytes outside tensors.
    public static func plan(_ layout: Layout) -> [PlannedChunk] { plan(layout, sizes: .standard) }

    /// Returns the chunks of a file for other sizes than those of the format.
    package static func plan(_ layout: Layout, sizes: ChunkSizes) -> [PlannedChunk] {
        var grouping = ChunkGrouping(sizes: sizes)
        var covered: UInt64 = 0
        for (index, tensor) in layout.tensors.enumerated() {
            let range = tensor.range
            guard range.lowerBound >= covered, range.upperBound <= layout.size, !range.isEmpty else { continue }
            if covered < range.lowerBound {
                let gap = covered..<range.lowerBound
                grouping.append(outside: gap, element: covered == 0 ? .byte : element(of: gap, before: tensor))
            }
            grouping.append(tensor, index: index)
            covered = range.upperBound
        }
        if covered < layout.size { grouping.append(outside: covered..<layout.size, element: .byte) }
        return grouping.finish()
    }

    /// The longest gap between two tensors (padding, archive headers) that is coded with the element kind of the
    /// second.
    private static let gapLimit = 4096

    /// The element kind of a gap: coded separately from the surrounding tensors, a small gap would cost more than its
    /// bytes.
    private static func element(of gap: Range<UInt64>, before tensor: Layout.Tensor) -> ElementKind {
        gap.count <= gapLimit && gap.count.isMultiple(of: tensor.element.width) ? tensor.element : .byte
    }
}
