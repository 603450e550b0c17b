internal import ModmetaDelta
internal import ModmetaFormats

/// The stored files that chunks of one object may be coded against, best first, over one table of their entries.
///
/// A checkpoint that was sharded anew has its tensors in several files: each piece takes its base from the file that has
/// most of it.
struct BaseSet: Sendable {
    /// The files, best first.
    let files: [BaseManifest]
    /// The entries of all files, each chunk once, after the entries of its base.
    private(set) var entries: [Manifest.Entry] = []
    /// The place in the table of each file's entries.
    private var places: [[Int]] = []
    private var entryIndices: [ChunkID: Int] = [:]
    private var readLengths: [Double] = []
    /// What rebuilding each entry takes: deltas applied one upon the other, and payloads decoded.
    private var efforts: [(depth: Int, payloads: Int)] = []

    /// What was found by content: the stretches of tensors of the new file in order, by the tensor's place in its layout.
    private let stretches: [Int: [ContentStretch]]

    init(_ files: [BaseManifest] = [], stretches: [Int: [ContentStretch]] = [:]) {
        self.files = files
        self.stretches = stretches
        for file in files {
            var mapped: [Int] = []
            for entry in file.manifest.entries {
                if let present = entryIndices[entry.chunk] {
                    mapped.append(present)
                    continue
                }
                var copy = entry
                copy.base = entry.base.map {
                    Manifest.Segment(entry: mapped[$0.entry], offset: $0.offset, length: $0.length)
                }
                entryIndices[entry.chunk] = entries.count
                mapped.append(entries.count)
                readLengths.append(
                    copy.base.reduce(Double(copy.payloadLength)) { sum, segment in
                        let share = Double(segment.length) / Double(entries[segment.entry].rawLength)
                        return sum + readLengths[segment.entry] * share
                    })
                efforts.append(
                    copy.base.reduce((0, 1)) {
                        (max($0.0, efforts[$1.entry].depth + 1), $0.1 + efforts[$1.entry].payloads)
                    })
                entries.append(copy)
            }
            places.append(mapped)
        }
    }

    /// Whether a delta against segments stays far from what readers refuse, see docs/formats/manifest.md.
    func canCarryDelta(_ segments: [Manifest.Segment]) -> Bool {
        segments.allSatisfy { efforts[$0.entry].depth < Manifest.Limits.depth / 8 }
            && segments.reduce(0) { $0 + efforts[$1.entry].payloads } < Manifest.Limits.effort / 8
    }

    /// Whether there is nothing to be coded against.
    var isEmpty: Bool { files.isEmpty }

    /// The entry that stands for the given raw bytes.
    func entry(of chunk: ChunkID) -> Int? { entryIndices[chunk] }

    /// The bytes a reader with nothing reads to rebuild an entry.
    ///
    /// Payloads of which it needs a part count in part: who fetches a whole file needs the other parts as well.
    func readLength(of entry: Int) -> Double { readLengths[entry] }

    /// The entry that an entry is a delta of, where that is one whole entry of the same length.
    func predecessor(of entry: Int) -> Int? {
        let base = entries[entry].base
        guard base.count == 1, base[0].offset == 0 else { return nil }
        let predecessor = entries[base[0].entry]
        guard base[0].length == predecessor.rawLength, predecessor.rawLength == entries[entry].rawLength
        else { return nil }
        return base[0].entry
    }

    /// The runs of entries that hold a range of a file.
    func segments(of range: Range<UInt64>, file: Int) -> [Manifest.Segment] {
        files[file].segments(of: range).map {
            Manifest.Segment(entry: places[file][$0.entry], offset: $0.offset, length: $0.length)
        }
    }

    /// The file and the range in it that a piece of another file is best compared with.
    func counterpart(of piece: PlannedChunk.Piece, in layout: Layout) -> (file: Int, range: Range<UInt64>)? {
        guard let tensor = piece.tensor.map({ layout.tensors[$0] }) else {
            // Bytes outside tensors may be of any length, so the best file's serve.
            for (index, file) in files.enumerated() {
                if let range = file.counterpart(of: piece, in: layout) { return (index, range) }
            }
            return nil
        }
        var best: (file: Int, range: Range<UInt64>, isExact: Bool)?
        for (index, file) in files.enumerated() {
            guard let range = file.counterpart(of: piece, in: layout) else { continue }
            let isExact = file.contains(tensor.name)
            if let best, best.isExact != isExact ? best.isExact : best.range.count >= range.count { continue }
            best = (index, range, isExact)
            if isExact, range.count >= piece.range.count { break }
        }
        return best.map { ($0.file, $0.range) }
    }

    /// The parts of a piece of another file, each with what it is best compared with; nil for what is new.
    func parts(
        of piece: PlannedChunk.Piece, in layout: Layout
    ) -> [(piece: PlannedChunk.Piece, found: (file: Int, range: Range<UInt64>)?)] {
        guard let index = piece.tensor, let stretches = stretches[index] else {
            return [(piece, counterpart(of: piece, in: layout))]
        }
        var parts: [(piece: PlannedChunk.Piece, found: (file: Int, range: Range<UInt64>)?)] = []
        var start = piece.range.lowerBound
        func part(to end: UInt64) -> PlannedChunk.Piece {
            PlannedChunk.Piece(tensor: index, range: start..<end, element: piece.element)
        }
        for stretch in stretches where stretch.range.overlaps(piece.range) {
            let lower = max(stretch.range.lowerBound, start)
            if start < lower {
                parts.append((part(to: lower), nil))
                start = lower
            }
            let known = part(to: min(stretch.range.upperBound, piece.range.upperBound))
            parts.append((known, (stretch.file, stretch.counterpart(of: known.range))))
            start = known.range.upperBound
        }
        if start < piece.range.upperBound { parts.append((part(to: piece.range.upperBound), nil)) }
        return parts
    }

    /// Where an entry ends in a file, or nil if the file has it not.
    func end(of entry: Int, file: Int) -> UInt64? {
        files[file].manifest.chunks.firstIndex { places[file][$0] == entry }.map { files[file].chunkStarts[$0 + 1] }
    }
}
