extension Manifest {
    /// The offsets of a manifest's parts, for errors; empty for one that was not parsed.
    struct Places {
        /// The offset of each tensor.
        var tensors: [Int] = []
        /// The offset of each entry.
        var entries: [Int] = []
        /// The offset of the list of chunks.
        var chunks = 0
    }

    /// The bytes of all payloads: what a reader without any of them downloads.
    ///
    /// The manifest must be valid.
    public var readLength: UInt64 { entries.reduce(0) { $0 + UInt64($1.payloadLength) } }

    /// Checks every rule of docs/formats/manifest.md that a value can break.
    ///
    /// - Throws: `malformed` or `limitExceeded`; the message names the entry, and the offset is 0.
    public func validate() throws(FormatError) { try validate(at: Places()) }

    /// Checks every rule, with the offsets of the parts.
    func validate(at places: Places) throws(FormatError) {
        try layout.validate(at: places.tensors)
        var chunks = Set<ChunkID>(minimumCapacity: entries.count)
        var efforts: [Effort] = []
        efforts.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            let check = EntryCheck(entry: entry, index: index, place: places.entry(index))
            try check.lengths()
            try check.encoding()
            try check.base(among: entries[..<index])
            guard chunks.insert(entry.chunk).inserted else {
                throw check.malformed("stores the chunk of an earlier entry")
            }
            efforts.append(try check.effort(after: efforts))
        }
        try validateChunks(at: UInt64(places.chunks))
        try validateReachability(at: places)
    }

    /// The cost of rebuilding an entry, if no intermediate result is kept.
    fileprivate struct Effort {
        /// The number of deltas applied on top of each other.
        var depth: Int
        /// The number of payloads decoded.
        var payloads: Int
    }

    private func validateChunks(at place: UInt64) throws(FormatError) {
        guard layout.size > 0 else {
            throw FormatError(.malformed, "an empty file has no manifest", offset: place)
        }
        guard chunks.count <= Limits.chunks, entries.reduce(0, { $0 + $1.base.count }) <= Limits.segments else {
            throw FormatError(
                .limitExceeded,
                "the manifest has more than \(Limits.chunks) chunks or \(Limits.segments) base segments", offset: place)
        }
        var sum: UInt64 = 0
        for chunk in chunks {
            guard entries.indices.contains(chunk) else {
                throw FormatError(.malformed, "a chunk names an entry that does not exist", offset: place)
            }
            let (next, overflow) = sum.addingReportingOverflow(UInt64(entries[chunk].rawLength))
            guard !overflow, next <= layout.size else {
                throw FormatError(
                    .malformed, "the chunks are longer than the file's \(layout.size) bytes", offset: place)
            }
            sum = next
        }
        guard sum == layout.size else {
            throw FormatError(.malformed, "the chunks have \(sum) bytes; the file has \(layout.size)", offset: place)
        }
    }

    /// Checks that every entry is a chunk or the base of one: bases precede their users, so one backward pass suffices.
    private func validateReachability(at places: Places) throws(FormatError) {
        var reached = [Bool](repeating: false, count: entries.count)
        for chunk in chunks { reached[chunk] = true }
        for index in entries.indices.reversed() {
            guard reached[index] else {
                throw FormatError(.malformed, "entry \(index) is not used by any chunk", offset: places.entry(index))
            }
            for segment in entries[index].base { reached[segment.entry] = true }
        }
    }
}

extension Manifest.Places {
    /// The offset of an entry, or 0.
    func entry(_ index: Int) -> UInt64 { index < entries.count ? UInt64(entries[index]) : 0 }
}

/// The rules of one entry.
private struct EntryCheck {
    /// The entry.
    let entry: Manifest.Entry
    /// Its index in the manifest.
    let index: Int
    /// Its offset.
    let place: UInt64

    /// Adds up the cost of the entry's base: a few entries can be made to cost more than any reader can afford.
    func effort(after earlier: [Manifest.Effort]) throws(FormatError) -> Manifest.Effort {
        var effort = Manifest.Effort(depth: 0, payloads: 1)
        for segment in entry.base {
            effort.depth = max(effort.depth, earlier[segment.entry].depth + 1)
            // The limits on segments and cost keep these sums from overflowing.
            effort.payloads += earlier[segment.entry].payloads
        }
        guard effort.depth <= Manifest.Limits.depth else {
            throw limit("stacks more than \(Manifest.Limits.depth) deltas")
        }
        guard effort.payloads <= Manifest.Limits.effort else {
            throw limit("needs more than \(Manifest.Limits.effort) payloads to rebuild")
        }
        return effort
    }

    /// Checks that raw bytes and payload are not empty and not too long.
    func lengths() throws(FormatError) {
        guard (1...ChunkLimits.maximum).contains(entry.rawLength) else {
            throw limit("has \(entry.rawLength) raw bytes, not 1 to \(ChunkLimits.maximum)")
        }
        guard (1...Manifest.Limits.payloadLength).contains(entry.payloadLength) else {
            throw limit("has a payload of \(entry.payloadLength) bytes, not 1 to \(Manifest.Limits.payloadLength)")
        }
    }

    /// Checks that payload, base and generation match the encoding.
    func encoding() throws(FormatError) {
        switch entry.encoding {
        case .raw:
            guard entry.payload.digest == entry.chunk.digest, entry.payloadLength == entry.rawLength else {
                throw malformed("is raw, but its payload is not its chunk")
            }
            try noBase("raw")
        case .full: try noBase("full")
        case .delta:
            guard !entry.base.isEmpty else { throw malformed("is a delta without a base") }
            guard (1...Manifest.Limits.generation).contains(entry.generation) else {
                throw malformed("is a delta of generation \(entry.generation), not 1 to \(Manifest.Limits.generation)")
            }
        }
    }

    /// Checks that the base is within earlier entries.
    func base(among earlier: ArraySlice<Manifest.Entry>) throws(FormatError) {
        var sum = 0
        for segment in entry.base {
            guard earlier.indices.contains(segment.entry) else {
                throw malformed("has a base that is not an earlier entry")
            }
            let available = earlier[segment.entry].rawLength
            guard segment.offset >= 0, segment.length >= 1, segment.offset <= available,
                segment.length <= available - segment.offset
            else {
                throw malformed("has a base outside the \(available) raw bytes of entry \(segment.entry)")
            }
            sum += segment.length
            guard sum <= Manifest.Limits.baseLength else {
                throw limit("has a base of more than \(Manifest.Limits.baseLength) bytes")
            }
        }
    }

    /// Creates the error for a broken rule; `rule` continues "entry n".
    func malformed(_ rule: String) -> FormatError { FormatError(.malformed, "entry \(index) \(rule)", offset: place) }

    private func limit(_ rule: String) -> FormatError {
        FormatError(.limitExceeded, "entry \(index) \(rule)", offset: place)
    }

    private func noBase(_ kind: String) throws(FormatError) {
        guard entry.base.isEmpty else { throw malformed("is \(kind), but has a base") }
        guard entry.generation == 0 else { throw malformed("is \(kind), but has a generation") }
    }
}
