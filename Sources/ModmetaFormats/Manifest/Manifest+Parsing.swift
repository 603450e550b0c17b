extension Manifest {
    /// Parses a manifest from untrusted bytes; accepts only the output of `serialized()`.
    ///
    /// Magic, version and length are checked first, then the checksum, then the rest; see docs/formats/manifest.md.
    ///
    /// - Throws: `malformed` if the bytes are not a manifest, damaged or invalid, `truncated` if they end early,
    ///   `unsupportedVersion` if a newer program wrote them, `limitExceeded` if a number is too large.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var reader = ByteReader(bytes, in: try Manifest.body(of: bytes))
        var places = Places()
        object = ObjectID(try reader.digest("the object's name"))
        layout = try Layout(parsing: &reader, places: &places.tensors)

        let entryCount = try reader.count("the number of entries", ofAtLeast: ManifestFormat.minimumEntry)
        entries = []
        entries.reserveCapacity(entryCount)
        places.entries.reserveCapacity(entryCount)
        var segmentsLeft = Limits.segments
        for index in 0..<entryCount {
            places.entries.append(reader.position)
            let entry = try Entry(parsing: &reader, index: index, segmentsLeft: segmentsLeft)
            segmentsLeft -= entry.base.count
            entries.append(entry)
        }

        places.chunks = reader.position
        let chunkCount = try reader.count(
            "the number of chunks", ofAtLeast: ManifestFormat.minimumChunk, upTo: Limits.chunks)
        chunks = []
        chunks.reserveCapacity(chunkCount)
        var expected: Int64 = 0
        for _ in 0..<chunkCount {
            let start = reader.position
            let step = ZigZag(unsigned: try reader.number("a chunk's entry"))
            let (entry, overflow) = expected.addingReportingOverflow(step.signed)
            guard !overflow, entry >= 0, entry < entryCount else {
                throw FormatError(.malformed, "a chunk names an entry that does not exist", offset: UInt64(start))
            }
            chunks.append(Int(entry))
            expected = entry + 1
        }
        guard reader.remaining == 0 else {
            throw FormatError(
                .malformed, "the manifest has \(reader.remaining) bytes after its last chunk",
                offset: UInt64(reader.position))
        }
        try validate(at: places)
    }

    /// Checks everything except the body and returns the range of the body.
    static func body(of bytes: [UInt8]) throws(FormatError) -> Range<Int> {
        let magic = ManifestFormat.magic
        guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else {
            throw FormatError(.malformed, "these bytes are not a manifest: the magic is missing", offset: 0)
        }
        guard bytes.count >= ManifestFormat.headLength else {
            throw FormatError(.truncated, "the manifest ends inside its head", offset: UInt64(bytes.count))
        }
        guard bytes[magic.count] == ManifestFormat.version else {
            throw FormatError(
                .unsupportedVersion,
                "the manifest has version \(bytes[magic.count]); this program reads version \(ManifestFormat.version): "
                    + "use a newer modmeta",
                offset: UInt64(magic.count))
        }
        guard bytes.count <= Limits.length else {
            throw FormatError(
                .limitExceeded, "the manifest has \(bytes.count) bytes, more than the \(Limits.length) allowed",
                offset: UInt64(Limits.length))
        }
        let end = bytes.count - ManifestFormat.trailerLength
        guard end >= ManifestFormat.headLength else {
            throw FormatError(.truncated, "the manifest ends before its checksum", offset: UInt64(bytes.count))
        }
        let sum = bytes.withUnsafeBytes { SHA256.hash(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        guard Digest(bytes: bytes[end...]) == sum else {
            throw FormatError(
                .malformed, "the manifest is damaged: its checksum does not match its bytes", offset: UInt64(end))
        }
        return ManifestFormat.headLength..<end
    }
}

extension Manifest.Entry {
    /// Parses the description of a payload and fills in what the encoding implies.
    fileprivate init(parsing reader: inout ByteReader, index: Int, segmentsLeft: Int) throws(FormatError) {
        let start = reader.position
        guard let encoding = Manifest.Encoding(rawValue: try reader.byte("an entry's encoding")) else {
            throw FormatError(
                .unsupportedVersion,
                "entry \(index) has an encoding this program does not know: use a newer modmeta", offset: UInt64(start))
        }
        let chunk = try reader.digest("a chunk's name")
        let rawLength = try reader.number("a raw length", upTo: ChunkLimits.maximum)
        guard encoding != .raw else {
            self.init(
                payload: PayloadID(chunk), payloadLength: rawLength, chunk: ChunkID(chunk), rawLength: rawLength,
                encoding: .raw)
            return
        }
        self.init(
            payload: PayloadID(try reader.digest("a payload's name")),
            payloadLength: try reader.number("a payload's length", upTo: Manifest.Limits.payloadLength),
            chunk: ChunkID(chunk), rawLength: rawLength, encoding: encoding)
        guard encoding == .delta else { return }
        generation = try reader.number("a generation", upTo: Manifest.Limits.generation)
        let count = try reader.count(
            "the number of base segments", ofAtLeast: ManifestFormat.minimumSegment, upTo: segmentsLeft)
        base.reserveCapacity(count)
        for _ in 0..<count {
            let place = reader.position
            let distance = try reader.number("the distance to a base entry")
            guard distance >= 1, distance <= index else {
                throw FormatError(
                    .malformed, "entry \(index) has a base that is not an earlier entry", offset: UInt64(place))
            }
            base.append(
                Manifest.Segment(
                    entry: index - Int(distance),
                    offset: try reader.number("a base segment's offset", upTo: ChunkLimits.maximum),
                    length: try reader.number("a base segment's length", upTo: ChunkLimits.maximum)))
        }
    }
}
