internal import ModmetaDelta
internal import ModmetaFormats

/// A manifest that chunks of another object may be coded against, with what is needed to find things in it.
struct BaseManifest: Sendable {
    let manifest: Manifest
    /// The byte of the file at which each chunk starts, and, last, the file's size.
    let chunkStarts: [UInt64]
    private let names: TensorNames

    init(_ manifest: Manifest) {
        self.manifest = manifest
        var starts: [UInt64] = [0]
        var end: UInt64 = 0
        for entry in manifest.chunks {
            end += UInt64(manifest.entries[entry].rawLength)
            starts.append(end)
        }
        chunkStarts = starts
        names = TensorNames(manifest.layout)
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
    /// Tensors correspond by name and element type, wherever they lie: row by row if their rows have one shape, so that a
    /// tensor with more or fewer rows corresponds as far as its rows go; as a whole if only their length is the same.
    /// Bytes outside every tensor correspond to those before the tensor that corresponds to the one behind them, the
    /// first to the first and the last to the last.
    func counterpart(of piece: PlannedChunk.Piece, in layout: Layout) -> Range<UInt64>? {
        guard let index = piece.tensor else { return gap(correspondingTo: piece.range, in: layout) }
        let tensor = layout.tensors[index]
        guard let match = match(of: tensor).map({ manifest.layout.tensors[$0] }) else { return nil }
        return BaseManifest.part(piece.range, of: tensor.range, in: match.range)
    }

    /// Whether the file has a tensor of exactly this name.
    func contains(_ name: String) -> Bool { names.contains(name) }

    /// The share of a layout's bytes that have a counterpart here, between 0 and 1.
    func coverage(of layout: Layout) -> Double {
        guard !layout.tensors.isEmpty, layout.size > 0 else { return layout.format == manifest.layout.format ? 1 : 0 }
        var covered: UInt64 = 0
        for index in layout.tensors.indices { covered += coveredLength(of: index, in: layout) }
        return Double(covered) / Double(layout.size)
    }

    /// How many bytes of a tensor have a counterpart here.
    func coveredLength(of index: Int, in layout: Layout) -> UInt64 {
        let tensor = layout.tensors[index]
        guard let match = match(of: tensor).map({ manifest.layout.tensors[$0] }) else { return 0 }
        return UInt64(min(match.range.count, tensor.range.count))
    }

    /// Whether the tensor that corresponds to one of another file has more or fewer rows.
    func hasOtherRows(than tensor: Layout.Tensor) -> Bool {
        match(of: tensor).map { manifest.layout.tensors[$0].shape.first != tensor.shape.first } ?? false
    }

    private func match(of tensor: Layout.Tensor) -> Int? {
        names.match(of: tensor) { index, isExact in
            let match = manifest.layout.tensors[index]
            guard match.dtype == tensor.dtype else { return false }
            guard isExact, !tensor.isNameless else { return match.shape == tensor.shape }
            return match.shape.dropFirst() == tensor.shape.dropFirst() || match.range.count == tensor.range.count
        }
    }

    private func gap(correspondingTo range: Range<UInt64>, in layout: Layout) -> Range<UInt64>? {
        guard layout.format == manifest.layout.format, !layout.tensors.isEmpty else { return nil }
        let next = layout.firstTensor(atOrBehind: range.upperBound)
        let whole = layout.gap(before: next)
        let own: Range<UInt64>
        if whole.lowerBound == 0 {
            own = manifest.layout.gap(before: manifest.layout.firstTensor(atOrBehind: 0))
        } else if let next {
            guard let match = match(of: layout.tensors[next]) else { return nil }
            own = manifest.layout.gap(before: match)
        } else {
            own = manifest.layout.gap(before: nil)
        }
        return range == whole ? (own.isEmpty ? nil : own) : BaseManifest.part(range, of: whole, in: own)
    }

    /// The part of a run that lies where another lies in its own.
    private static func part(
        _ range: Range<UInt64>, of whole: Range<UInt64>, in other: Range<UInt64>
    ) -> Range<UInt64>? {
        let lower = other.lowerBound + (range.lowerBound - whole.lowerBound)
        let upper = min(other.upperBound, lower + (range.upperBound - range.lowerBound))
        return lower < upper ? lower..<upper : nil
    }
}
