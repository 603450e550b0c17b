import ModmetaFormats

/// The fields of one chunk in a patch file, before its payload.
struct PatchRecord: Hashable {
    var encoding: Manifest.Encoding
    var rawLength: Int
    var base: [Range<Int>]
    var payloadLength: Int

    /// The head, preceded by its length.
    func serialized() -> [UInt8] {
        var head: [UInt8] = [encoding.rawValue]
        head.append(number: rawLength)
        head.append(number: payloadLength)
        head.append(number: base.count)
        for range in base {
            head.append(number: range.lowerBound)
            head.append(number: range.count)
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(head.count))
        return bytes + head
    }
}

extension PatchRecord {
    /// Parses a head; `left` is the number of bytes of the new file not made yet.
    init(parsing bytes: UnsafeRawBufferPointer, left: Int, oldSize: Int) throws(DeltaError) {
        var reader = PayloadReader(bytes)
        let code = try reader.byte("a record")
        guard let encoding = Manifest.Encoding(rawValue: code) else {
            throw DeltaError(
                .unsupportedVersion, "encoding \(code) is unknown; a newer modmeta may have written this patch")
        }
        let rawLength = try reader.number("the length of a chunk")
        guard rawLength > 0, rawLength <= min(left, ChunkLimits.maximum) else {
            throw DeltaError(.malformed, "a chunk of \(rawLength) bytes does not fit the new file")
        }
        let payloadLength = try reader.number("the length of a payload")
        guard payloadLength <= rawLength else {
            throw DeltaError(.malformed, "a payload of \(payloadLength) bytes is longer than its chunk")
        }
        let count = try reader.number("the number of base ranges")
        guard count <= reader.remaining / 2, encoding == .delta || count == 0 else {
            throw DeltaError(.malformed, "a record cannot have \(count) base ranges", offset: reader.offset)
        }
        var base: [Range<Int>] = []
        base.reserveCapacity(count)
        var total = 0
        for _ in 0..<count {
            let offset = reader.offset
            let start = try reader.number("a base range")
            let length = try reader.number("a base range")
            guard start <= oldSize, length > 0, length <= oldSize - start else {
                throw DeltaError(.malformed, "a base range extends past the end of the old file", offset: offset)
            }
            guard length <= PayloadFormat.maximumBase - total else {
                throw DeltaError(.limitExceeded, "a base exceeds the size limit", offset: offset)
            }
            total += length
            base.append(start..<start + length)
        }
        guard reader.remaining == 0 else {
            throw DeltaError(.malformed, "bytes follow the last field of a record", offset: reader.offset)
        }
        self.init(encoding: encoding, rawLength: rawLength, base: base, payloadLength: payloadLength)
    }
}
