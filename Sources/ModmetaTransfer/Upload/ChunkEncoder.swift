internal import ModmetaDelta
internal import ModmetaFormats

/// Turns one chunk into the smallest payload whose chain stays short, and proves that it decodes.
struct ChunkEncoder {
    /// An encoded chunk that has been decoded and compared.
    struct Encoded {
        var bytes: [UInt8]
        var encoding: Manifest.Encoding
        var generation: Int
        var segments: [Manifest.Segment]
    }

    /// A base to try: the table of entries, its rebuilder, and what the chunk corresponds to in it.
    struct Candidate {
        var base: BaseSet
        var rebuilder: ChunkRebuilder
        var match: ChunkBase
    }

    /// What a reader with nothing may read for a chunk, as a share of its raw length.
    ///
    /// Below the 1.5 that is promised for a whole file, as a chunk may share its chain with others.
    static let readShareLimit = 1.4
    /// A delta above this share of the raw length is compared with a full payload.
    private static let fullTrialShare = 0.5

    let codec: ChunkCodec

    /// Encodes a chunk against the best of a candidate's chain, or without a base.
    func encode(_ raw: [UInt8], pieces: [PlannedChunk.Piece], candidate: Candidate?) async throws -> Encoded {
        let plain = pieces.map { CodedPiece(length: $0.range.count, element: $0.element) }
        guard let candidate, let delta = try await encodeDelta(raw, candidate: candidate) else {
            return try encodeFull(raw, pieces: plain)
        }
        guard Double(delta.bytes.count) > Self.fullTrialShare * Double(raw.count) else { return delta }
        let full = try encodeFull(raw, pieces: plain)
        return full.bytes.count <= delta.bytes.count ? full : delta
    }

    private func encodeFull(_ raw: [UInt8], pieces: [CodedPiece]) throws -> Encoded {
        let payload = try raw.withUnsafeBytes { try codec.encodeFull($0, pieces: pieces) }
        guard let payload else { return Encoded(bytes: raw, encoding: .raw, generation: 0, segments: []) }
        try prove(payload, encoding: .full, base: [], decodesTo: raw)
        return Encoded(bytes: payload, encoding: .full, generation: 0, segments: [])
    }

    /// Tries the bases of a chain, the preferred one first and then ever older ones, until one keeps the chain short.
    private func encodeDelta(_ raw: [UInt8], candidate: Candidate) async throws -> Encoded? {
        let base = candidate.base
        let newest = candidate.match.segments
        let generation = 1 + newest.reduce(0) { max($0, base.entries[$1.entry].generation) }
        guard generation <= Int(UInt16.max) else { return nil }
        for segments in chain(from: newest, in: base, generation: generation) {
            let chainLength = readLength(of: segments, in: base)
            // Not even a delta of no bytes would fit.
            guard chainLength <= Self.readShareLimit * Double(raw.count) else { continue }
            let bytes = try await candidate.rebuilder.concatenation(of: segments, codec: codec)
            let payload = try raw.withUnsafeBytes { raw in
                try bytes.withUnsafeBytes { try codec.encodeDelta(raw, base: $0, pieces: candidate.match.pieces) }
            }
            guard chainLength + Double(payload.count) <= Self.readShareLimit * Double(raw.count) else { continue }
            try prove(payload, encoding: .delta, base: bytes, decodesTo: raw)
            return Encoded(bytes: payload, encoding: .delta, generation: generation, segments: segments)
        }
        return nil
    }

    /// The bases to try for a version, the preferred one first.
    ///
    /// Version n of a chain is coded against version n & (n - 1), the skip-delta rule of Subversion: half of all versions
    /// against the one before, and no version more than log2(n) deltas away from the full chunk.
    private func chain(
        from newest: [Manifest.Segment], in base: BaseSet, generation: Int
    ) -> [[Manifest.Segment]] {
        guard newest.count == 1, newest[0].offset == 0,
            newest[0].length == base.entries[newest[0].entry].rawLength
        else { return [newest] }
        var chain: [[Manifest.Segment]] = []
        var entry: Int? = newest[0].entry
        while let current = entry {
            let isPreferred = base.entries[current].generation <= generation & (generation - 1)
            entry = base.predecessor(of: current)
            guard isPreferred || entry == nil else { continue }
            chain.append([Manifest.Segment(entry: current, offset: 0, length: newest[0].length)])
        }
        return chain
    }

    /// What is read for the segments, the payloads of partly used entries counted in part.
    private func readLength(of segments: [Manifest.Segment], in base: BaseSet) -> Double {
        segments.reduce(0) { total, segment in
            let share = Double(segment.length) / Double(base.entries[segment.entry].rawLength)
            return total + base.readLength(of: segment.entry) * share
        }
    }

    private func prove(
        _ payload: [UInt8], encoding: Manifest.Encoding, base: [UInt8], decodesTo raw: [UInt8]
    ) throws {
        let decoded = try [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, initialized in
            try payload.withUnsafeBytes { payload in
                try base.withUnsafeBytes { base in
                    try codec.decode(
                        payload, encoding: encoding, base: base, into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            initialized = raw.count
        }
        guard decoded == raw else {
            throw DeltaError(.malformed, "a payload just encoded does not decode to its chunk; please report this")
        }
    }
}
