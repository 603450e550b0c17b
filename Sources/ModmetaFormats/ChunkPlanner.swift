/// Divides a file with tensors into chunks.
///
/// The rules are docs/formats/chunks.md. They look at nothing but the layout, and at a large tensor by itself alone, so
/// that the same tensors are cut the same way in every file: that is what makes their chunks known again.
public enum ChunkPlanner {
    /// Returns the chunks of a file in order; they cover it exactly.
    ///
    /// Takes time linear in the number of tensors and chunks. Tensors without bytes are part of no chunk, and tensors
    /// that overlap the one before or leave the file, which no validated layout has, count as bytes outside tensors.
    public static func plan(_ layout: Layout) -> [PlannedChunk] {
        var grouping = ChunkGrouping()
        var covered: UInt64 = 0
        for (index, tensor) in layout.tensors.enumerated() {
            let range = tensor.range
            guard range.lowerBound >= covered, range.upperBound <= layout.size, !range.isEmpty else { continue }
            if covered < range.lowerBound { grouping.append(outside: covered..<range.lowerBound) }
            grouping.append(tensor, index: index)
            covered = range.upperBound
        }
        if covered < layout.size { grouping.append(outside: covered..<layout.size) }
        return grouping.finish()
    }
}
