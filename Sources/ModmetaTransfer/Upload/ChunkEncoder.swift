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

    /// A delta above this share of the raw length is compared with a full payload.
    private static let fullTrialShare = 0.5

    let codec: ChunkCodec
    let readShare: ReadShare

    /// Encodes a chunk against the best of a candidate's chain, or without a base.
    ///
    /// - Parameter plain: what the chunk is made of, without bases.
    /// - Throws: `ReadShare.Unknown` where more must be known to choose.
    func encode(_ raw: [UInt8], pieces plain: [CodedPiece], candidate: Candidate?) async throws -> Encoded {
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

    /// Encodes a chunk against the base of a chain that costs least, or gives nil where every chain gets too long.
    private func encodeDelta(_ raw: [UInt8], candidate: Candidate) async throws -> Encoded? {
        let base = candidate.base
        let newest = candidate.match.segments
        let generation = 1 + newest.reduce(0) { max($0, base.entries[$1.entry].generation) }
        guard generation <= Manifest.Limits.generation else { return nil }
        for option in try await options(for: raw, candidate: candidate, generation: generation) {
            let bytes = try await candidate.rebuilder.concatenation(of: option.segments, codec: codec)
            let payload = try raw.withUnsafeBytes { raw in
                try bytes.withUnsafeBytes { try codec.encodeDelta(raw, base: $0, pieces: candidate.match.pieces) }
            }
            guard try readShare.allows(option.chainLength + Double(payload.count), for: raw.count) else { continue }
            try prove(payload, encoding: .delta, base: bytes, decodesTo: raw)
            return Encoded(bytes: payload, encoding: .delta, generation: generation, segments: option.segments)
        }
        return nil
    }

    /// A base a chunk may be coded against, and what is read for that base.
    private struct Option {
        var segments: [Manifest.Segment]
        var chainLength: Double
        /// The estimated bytes sent, plus what readers pay.
        var cost = 0.0
    }

    /// The bases worth trying, the cheapest first.
    ///
    /// Where there is a choice, the cost of each is estimated from a sample of the chunk.
    private func options(for raw: [UInt8], candidate: Candidate, generation: Int) async throws -> [Option] {
        let base = candidate.base
        var options = try chain(from: candidate.match.segments, in: base, generation: generation)
            .map { Option(segments: $0, chainLength: readLength(of: $0, in: base)) }
            // Where the chain alone is too long, not even a delta of no bytes would fit.
            .filter { try readShare.allows($0.chainLength, for: raw.count) }
            .filter { base.canCarryDelta($0.segments) }
        guard options.count > 1 else { return options }
        let sample = ChunkSample(of: candidate.match.pieces)
        for index in options.indices {
            let bytes = try await candidate.rebuilder.concatenation(of: options[index].segments, codec: codec)
            let sent = try sample.estimatedLength(raw: raw, base: bytes, codec: codec)
            options[index].cost = sent + Self.readerWeight * (sent + options[index].chainLength)
        }
        return options.sorted { $0.cost < $1.cost }
    }

    /// What a byte that a reader may have to read counts beside a byte that is sent now.
    private static let readerWeight = 0.15

    /// The bases to choose from: the version before, the one the skip-delta rule names, and the oldest.
    ///
    /// Version n of a chain against version n & (n - 1) is the rule of Subversion: no version is more than log2(n) deltas
    /// away from the full chunk.
    private func chain(
        from newest: [Manifest.Segment], in base: BaseSet, generation: Int
    ) -> [[Manifest.Segment]] {
        guard newest.count == 1, newest[0].offset == 0,
            newest[0].length == base.entries[newest[0].entry].rawLength
        else { return [newest] }
        var chain = [newest[0].entry]
        while let older = base.predecessor(of: chain.last!) { chain.append(older) }
        let skipped = chain.firstIndex { base.entries[$0].generation <= generation & (generation - 1) }
        return Set([0, skipped ?? 0, chain.count - 1]).sorted().map { index in
            [Manifest.Segment(entry: chain[index], offset: 0, length: newest[0].length)]
        }
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
        try payload.withUnsafeBytes { payload in
            try base.withUnsafeBytes { base in
                try raw.withUnsafeBytes { raw in
                    try codec.prove(payload, encoding: encoding, base: base, decodesTo: raw)
                }
            }
        }
    }
}
