/// The part of a payload before its runs.
struct PayloadHeader {
    var rawLength: Int
    var baseLength: Int
    var control: BsdiffControl
}

extension PayloadHeader {
    /// Parses and validates a header for a chunk and a base of known lengths; reads nothing after it.
    init(
        parsing reader: inout PayloadReader, rawLength: Int, baseLength: Int, streams: StreamDecoder
    ) throws(DeltaError) {
        let magic = try reader.slice(PayloadFormat.magic.count, "the magic")
        guard magic.elementsEqual(PayloadFormat.magic) else {
            throw DeltaError(.malformed, "these bytes are not a modmeta payload: the magic is missing")
        }
        let version = try reader.byte("the version")
        guard version > 0 else { throw DeltaError(.malformed, "there is no payload version 0", offset: 4) }
        guard version == PayloadFormat.version else {
            throw CodeAllocation.unknown(
                "payload version \(version)", index: version &- PayloadFormat.version, range: CodeAllocation.payloads,
                offset: 4)
        }
        let lengthOffset = reader.offset
        guard try reader.number("the raw length") == rawLength else {
            throw DeltaError(
                .malformed, "the payload does not declare its chunk's length of \(rawLength) bytes",
                offset: lengthOffset)
        }
        let baseOffset = reader.offset
        guard try reader.number("the base length") == baseLength else {
            throw DeltaError(
                .malformed, "the payload does not declare its base's length of \(baseLength) bytes", offset: baseOffset)
        }
        let countOffset = reader.offset
        let count = try reader.number("the number of control triples")
        guard count <= min(rawLength, BsdiffControl.maximumTriples) else {
            throw DeltaError(.limitExceeded, "\(count) control triples are too many", offset: countOffset)
        }
        let start = try reader.number("the start in the base")
        let length = try reader.number("the length of the control block")
        guard length >= 3 * count, length <= PayloadFormat.maximumTripleLength * count else {
            throw DeltaError(
                .malformed, "a control block of \(length) bytes cannot hold \(count) triples", offset: countOffset)
        }
        let streamOffset = reader.offset
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 8)
        defer { memory.deallocate() }
        try streams.decode(&reader, into: memory)
        self.rawLength = rawLength
        self.baseLength = baseLength
        control = try BsdiffControl(
            parsing: UnsafeRawBufferPointer(memory), count: count, start: start, rawLength: rawLength,
            baseLength: baseLength, offset: streamOffset)
    }

    /// Appends the header.
    func append(to output: inout [UInt8], streams: StreamEncoder) throws(DeltaError) {
        output.append(contentsOf: PayloadFormat.magic)
        output.append(PayloadFormat.version)
        output.append(number: rawLength)
        output.append(number: baseLength)
        output.append(number: control.triples.count)
        output.append(number: control.start)
        let triples = control.serializedTriples()
        output.append(number: triples.count)
        try triples.span.bytes.withUnsafeBytes { bytes throws(DeltaError) in
            try streams.append(bytes, texture: .bytes, to: &output)
        }
    }
}
