internal import ModmetaFormats

/// One acknowledged payload of an upload that is under way, as the journal keeps it.
///
/// The base is named by chunks, not by table index, since the table is built only when the upload ends.
struct JournalRecord: Hashable, Sendable {
    /// A run of the raw bytes of a chunk of a base manifest.
    struct BaseRun: Hashable, Sendable {
        var chunk: ChunkID
        var offset: Int
        var length: Int
    }

    var chunk: ChunkID
    var rawLength: Int
    var payload: PayloadID
    var payloadLength: Int
    var encoding: Manifest.Encoding
    var generation: Int
    var base: [BaseRun]

    init(
        chunk: ChunkID, rawLength: Int, payload: PayloadID, payloadLength: Int, encoding: Manifest.Encoding,
        generation: Int, base: [BaseRun]
    ) {
        self.chunk = chunk
        self.rawLength = rawLength
        self.payload = payload
        self.payloadLength = payloadLength
        self.encoding = encoding
        self.generation = generation
        self.base = base
    }

    /// Fixed little-endian fields; the layout is private to one machine and one schema version.
    func serialized() -> [UInt8] {
        var bytes = chunk.digest.bytes + payload.digest.bytes
        for number in [rawLength, payloadLength, Int(encoding.rawValue), generation, base.count] {
            bytes.append(number: number)
        }
        for run in base {
            bytes += run.chunk.digest.bytes
            bytes.append(number: run.offset)
            bytes.append(number: run.length)
        }
        return bytes
    }

    init?(parsing bytes: [UInt8]) {
        var rest = bytes[...]
        guard let chunk = rest.takeDigest(), let payload = rest.takeDigest(),
            let rawLength = rest.takeNumber(), let payloadLength = rest.takeNumber(),
            let code = rest.takeNumber(),
            let encoding = UInt8(exactly: code).flatMap(Manifest.Encoding.init(rawValue:)),
            let generation = rest.takeNumber(), let count = rest.takeNumber(), count <= rest.count
        else { return nil }
        var base: [BaseRun] = []
        for _ in 0..<count {
            guard let chunk = rest.takeDigest(), let offset = rest.takeNumber(), let length = rest.takeNumber()
            else { return nil }
            base.append(BaseRun(chunk: ChunkID(chunk), offset: offset, length: length))
        }
        guard rest.isEmpty else { return nil }
        self.init(
            chunk: ChunkID(chunk), rawLength: rawLength, payload: PayloadID(payload), payloadLength: payloadLength,
            encoding: encoding, generation: generation, base: base)
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func takeNumber() -> Int? {
        guard count >= 4 else { return nil }
        defer { removeFirst(4) }
        return prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    fileprivate mutating func takeDigest() -> Digest? {
        guard count >= Digest.byteCount else { return nil }
        defer { removeFirst(Digest.byteCount) }
        return Digest(bytes: prefix(Digest.byteCount))
    }
}
