/// The chunk sizes for files with tensors, in bytes.
package struct ChunkSizes: Hashable, Sendable {
    /// Parts smaller than this are merged with their neighbours.
    package var minimum: Int
    /// Tensors larger than this are split.
    package var target: Int

    /// The sizes in docs/formats/chunks.md; others are for simulations.
    package static let standard = ChunkSizes(minimum: ChunkLimits.minimum, target: ChunkLimits.target)

    /// The sizes for slow links, from the same document.
    package static let slow = ChunkSizes(minimum: 512 << 10, target: 1 << 20)

    /// Creates sizes.
    package init(minimum: Int, target: Int) {
        self.minimum = minimum
        self.target = target
    }
}
