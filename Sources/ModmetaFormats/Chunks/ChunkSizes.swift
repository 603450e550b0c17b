/// The sizes by which files with tensors are cut, in bytes.
package struct ChunkSizes: Hashable, Sendable {
    /// Neighbours smaller than this are merged, where there are neighbours.
    package var minimum: Int
    /// Tensors larger than this are cut.
    package var target: Int

    /// The sizes of docs/formats/chunks.md; others are for simulations.
    package static let standard = ChunkSizes(minimum: ChunkLimits.minimum, target: ChunkLimits.target)

    /// The sizes for slow lines, of the same document.
    package static let slow = ChunkSizes(minimum: 512 << 10, target: 1 << 20)

    /// Creates sizes.
    package init(minimum: Int, target: Int) {
        self.minimum = minimum
        self.target = target
    }
}
