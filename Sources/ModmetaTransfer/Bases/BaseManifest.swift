internal import ModmetaDelta
internal import ModmetaFormats

/// A manifest that chunks of another object may be coded against, with what is needed to find things in it.
struct BaseManifest: Sendable {
    let manifest: Manifest
    /// The byte of the file at which each chunk starts, and, last, the file's size.
    let chunkStarts: [UInt64]
    private let tensorIndices: [String: Int]
    private let entryIndices: [ChunkID: Int]
    /// What rebuilding each entry takes: deltas applied one upon the other, and payloads decoded.
    private let efforts: [(depth: Int, payloads: Int)]

    init(_ manifest: Manifest) {
        self.manifest = manifest
        var starts: [UInt64] = [0]
        for entry in manifest.chunks { starts.append(starts.last! + UInt64(manifest.entries[entry].rawLength)) }
        chunkStarts = starts
        // A hostile layout may name a tensor twice; the first one serves.
        tensorIndices = Dictionary(
            manifest.layout.tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        entryIndices = Dictionary(
            manifest.entries.enumerated().map { ($1.chunk, $0) }, uniquingKeysWith: { first, _ in first })
        var efforts: [(depth: Int, payloads: Int)] = []
        for entry in manifest.entries {
            efforts.append(
                entry.base.reduce((0, 1)) {
                    (max($0.0, efforts[$1.entry].depth + 1), $0.1 + efforts[$1.entry].payloads)
                })
        }
        self.efforts = efforts
    }

    /// Whether a delta against segments stays far from what readers refuse, see docs/formats/manifest.md.
    func canCarryDelta(_ segments: [Manifest.Segment]) -> Bool {
        segments.allSatisfy { efforts[$0.entry].depth < Manifest.Limits.depth / 8 }
            && segments.reduce(0) { $0 + efforts[$1.entry].payloads } < Manifest.Limits.effort / 8
    }

    /// The entry that stands for the given raw bytes.
    func entry(of chunk: ChunkID) -> Int? { entryIndices[chunk] }

    /// The bytes a reader with nothing reads to rebuild an entry.
    func readLength(of entry: Int) -> Int {
        var visited: Set<Int> = []
        var waiting = [entry]
        var total = 0
        while let next = waiting.popLast() {
            guard visited.insert(next).inserted else { continue }
            total += manifest.entries[next].payloadLength
            waiting += manifest.entries[next].base.map(\.entry)
        }
        return total
    }

    /// The entry that an entry is a delta of, where that is one whole entry of the same length.
    func predecessor(of entry: Int) -> Int? {
        let base = manifest.entries[entry].base
        guard base.count == 1, base[0].offset == 0 else { return nil }
        let predecessor = manifest.entries[base[0].entry]
        guard base[0].length == predecessor.rawLength, predecessor.rawLength == manifest.entries[entry].rawLength
        else { return nil }
        return base[0].entry
    }

    /// The runs of entries that hold a range of the file.
    func segments(of range: Range<UInt64>) -> [Manifest.Segment] {
        var segments: [Manifest.Segment] = []
        var position = range.lowerBound
        // The last chunk that starts at or before the range; empty chunks do not exist.
        var low = 0
        var high = manifest.chunks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if chunkStarts[middle] <= position { low = middle } else { high = middle }
        }
        while position < range.upperBound, low < manifest.chunks.count {
            let end = min(range.upperBound, chunkStarts[low + 1])
            segments.append(
                Manifest.Segment(
                    entry: manifest.chunks[low], offset: Int(position - chunkStarts[low]), length: Int(end - position)))
            position = end
            low += 1
        }
        return segments
    }

    /// The range of this file that a piece of another file is best compared with.
    ///
    /// Tensors correspond by name, element type and row shape, wherever they lie. A tensor with more or fewer rows
    /// corresponds as far as its rows go. Bytes outside every tensor correspond to the bytes before the first one.
    func counterpart(of piece: PlannedChunk.Piece, in layout: Layout) -> Range<UInt64>? {
        guard let index = piece.tensor else {
            guard piece.range.lowerBound == 0, let first = manifest.layout.tensors.first?.range.lowerBound, first > 0
            else { return nil }
            return 0..<first
        }
        let tensor = layout.tensors[index]
        guard let match = tensorIndices[tensor.name].map({ manifest.layout.tensors[$0] }),
            match.dtype == tensor.dtype, match.shape.dropFirst() == tensor.shape.dropFirst()
        else { return nil }
        let lower = match.range.lowerBound + (piece.range.lowerBound - tensor.range.lowerBound)
        let upper = min(match.range.upperBound, lower + UInt64(piece.range.count))
        return lower < upper ? lower..<upper : nil
    }

    /// The share of a layout's bytes that have a counterpart here, between 0 and 1.
    func coverage(of layout: Layout) -> Double {
        guard !layout.tensors.isEmpty, layout.size > 0 else { return layout.format == manifest.layout.format ? 1 : 0 }
        var covered: UInt64 = 0
        for (index, tensor) in layout.tensors.enumerated() where !tensor.range.isEmpty {
            let piece = PlannedChunk.Piece(tensor: index, range: tensor.range, element: tensor.element)
            covered += UInt64(counterpart(of: piece, in: layout)?.count ?? 0)
        }
        return Double(covered) / Double(layout.size)
    }
}
