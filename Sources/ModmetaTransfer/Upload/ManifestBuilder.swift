internal import ModmetaFormats

/// Puts the table of a manifest together: each entry once, and after the entries of its base.
struct ManifestBuilder {
    private let bases: [BaseManifest]
    private var entries: [Manifest.Entry] = []
    /// The same raw bytes are kept once, whatever payload they came by.
    private var indices: [ChunkID: Int] = [:]

    init(bases: [BaseManifest]) { self.bases = bases }

    /// Builds the manifest of an object from what became of its chunks, in file order.
    static func manifest(
        object: ObjectID, layout: Layout, outcomes: [ChunkOutcome], bases: [BaseManifest]
    ) -> Manifest {
        var builder = ManifestBuilder(bases: bases)
        var chunks: [Int] = []
        for outcome in outcomes {
            switch outcome {
            case .reused(let base, let entry): chunks.append(builder.add(entry, of: base))
            case .repeated(let index): chunks.append(chunks[index])
            case .stored(let stored): chunks.append(builder.add(stored))
            }
        }
        return Manifest(object: object, layout: layout, entries: builder.entries, chunks: chunks)
    }

    /// Copies an entry of a base manifest, its base first.
    ///
    /// Manifests bound how many deltas are stacked, and so how deep this goes.
    private mutating func add(_ index: Int, of base: Int) -> Int {
        let entry = bases[base].manifest.entries[index]
        if let present = indices[entry.chunk] { return present }
        var copy = entry
        copy.base = entry.base.map { translated($0, of: base) }
        return append(copy)
    }

    private mutating func add(_ stored: StoredChunk) -> Int {
        if let present = indices[stored.chunk] { return present }
        return append(
            Manifest.Entry(
                payload: stored.payload, payloadLength: stored.payloadLength, chunk: stored.chunk,
                rawLength: stored.rawLength, encoding: stored.encoding, generation: stored.generation,
                base: stored.segments.map { translated($0, of: stored.base) }))
    }

    private mutating func translated(_ segment: Manifest.Segment, of base: Int) -> Manifest.Segment {
        Manifest.Segment(entry: add(segment.entry, of: base), offset: segment.offset, length: segment.length)
    }

    private mutating func append(_ entry: Manifest.Entry) -> Int {
        entries.append(entry)
        indices[entry.chunk] = entries.count - 1
        return entries.count - 1
    }
}
