/// Divides a file with tensors into chunks.
///
/// The rules are docs/formats/chunks.md. They look at nothing but the layout, and at a large tensor by itself alone, so
/// that the same tensors are cut the same way in every file: that is what makes their chunks known again.
public enum ChunkPlanner {
    /// Returns the chunks of a file in order; they cover it exactly.
    ///
    /// Takes time linear in the number of tensors and chunks. Tensors without bytes are part of no chunk, and tensors
    /// that overlap the one before or leave the file, which no validated layout has, count as bytes outside tensors.
    public static func plan(_ layout: Layout) -> [PlannedChunk] { plan(layout, sizes: .standard) }

    /// Returns the chunks of a file that is cut by other sizes than the format's.
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

    /// The bytes between two tensors that are coded as if they were the second one's: padding, an archive's headers.
    private static let gapLimit = 4096

    /// How a gap is coded: apart from the tensors around it, its few bytes would cost more than they are.
    private static func element(of gap: Range<UInt64>, before tensor: Layout.Tensor) -> ElementKind {
        gap.count <= gapLimit && gap.count.isMultiple(of: tensor.element.width) ? tensor.element : .byte
    }
}
