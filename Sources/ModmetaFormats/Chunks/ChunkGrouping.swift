/// Collects the parts of a file into chunks: splits large parts into runs and groups small neighbours.
struct ChunkGrouping {
    private let sizes: ChunkSizes
    private var chunks: [PlannedChunk] = []
    private var group: [PlannedChunk.Piece] = []
    // Whether the last chunk was grown from small neighbours that end at the start of the group.
    private var lastIsGroup = false

    init(sizes: ChunkSizes) { self.sizes = sizes }

    /// Appends bytes outside all tensors.
    mutating func append(outside range: Range<UInt64>, element: ElementKind) {
        append(PlannedChunk.Piece(tensor: nil, range: range, element: element)) {
            TensorRuns(size: $0, shape: [], width: 1, target: $1)
        }
    }

    /// Appends the bytes of a tensor.
    mutating func append(_ tensor: Layout.Tensor, index: Int) {
        append(PlannedChunk.Piece(tensor: index, range: tensor.range, element: tensor.element)) {
            TensorRuns(
                size: $0, shape: tensor.shape, width: UInt64(tensor.element.width), target: $1)
        }
    }

    /// Returns the chunks of all parts.
    consuming func finish() -> [PlannedChunk] {
        closeNeighbourhood()
        return chunks
    }

    private mutating func append(_ piece: PlannedChunk.Piece, cut: (_ size: UInt64, _ target: Int) -> TensorRuns) {
        let size = piece.range.upperBound - piece.range.lowerBound
        if size > UInt64(sizes.target) {
            closeNeighbourhood()
            var start = piece.range.lowerBound
            for length in cut(size, sizes.target) {
                let run = PlannedChunk.Piece(
                    tensor: piece.tensor, range: start..<start + length, element: piece.element)
                chunks.append(PlannedChunk(range: run.range, pieces: [run]))
                start += length
            }
        } else {
            group.append(piece)
            if groupLength >= sizes.minimum { closeGroup() }
        }
    }

    private var groupLength: UInt64 {
        guard let first = group.first, let last = group.last else { return 0 }
        return last.range.upperBound - first.range.lowerBound
    }

    /// Turns the group into a chunk.
    private mutating func closeGroup() {
        guard let first = group.first, let last = group.last else { return }
        chunks.append(PlannedChunk(range: first.range.lowerBound..<last.range.upperBound, pieces: group))
        group.removeAll()
        lastIsGroup = true
    }

    /// Ends a series of small parts: a remainder too small for a chunk joins the previous chunk.
    private mutating func closeNeighbourhood() {
        if lastIsGroup, let last = group.last {
            let chunk = chunks.count - 1
            chunks[chunk].pieces += group
            chunks[chunk].range = chunks[chunk].range.lowerBound..<last.range.upperBound
            group.removeAll()
        } else {
            closeGroup()
        }
        lastIsGroup = false
    }
}
