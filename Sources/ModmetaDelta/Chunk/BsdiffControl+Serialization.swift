/// The bytes of the control block; see docs/formats/delta.md, "Control".
extension BsdiffControl {
    /// The most triples in a control block; readers refuse more.
    static let maximumTriples = 1 << 20

    /// The triples as consecutive numbers, without the start.
    func serializedTriples() -> [UInt8] {
        var bytes: [UInt8] = []
        for triple in triples {
            bytes.append(number: triple.diff)
            bytes.append(number: triple.extra)
            bytes.append(signedNumber: triple.seek)
        }
        return bytes
    }

    /// Parses and validates `count` triples that make `rawLength` bytes from a base of `baseLength` bytes.
    ///
    /// Lengths are compared with what is left instead of being added, so no sum can overflow.
    init(
        parsing bytes: UnsafeRawBufferPointer, count: Int, start: Int, rawLength: Int, baseLength: Int, offset: Int
    ) throws(DeltaError) {
        func malformed(_ message: String) -> DeltaError { DeltaError(.malformed, message, offset: offset) }
        guard start <= baseLength else { throw malformed("the first triple starts past the end of the base") }
        var reader = PayloadReader(bytes)
        var left = rawLength
        var base = start
        var parsed: [Triple] = []
        parsed.reserveCapacity(count)
        for index in 0..<count {
            let diff = try reader.number("a control triple")
            let extra = try reader.number("a control triple")
            let seek = try reader.signedNumber("a control triple")
            guard diff > 0 || extra > 0 else { throw malformed("control triple \(index) makes no bytes") }
            guard diff <= left, extra <= left - diff else {
                throw malformed("control triple \(index) makes more bytes than the chunk has")
            }
            guard diff <= baseLength - base else {
                throw malformed("control triple \(index) reads past the end of the base")
            }
            left -= diff + extra
            let (next, overflow) = (base + diff).addingReportingOverflow(seek)
            guard !overflow, next >= 0, next <= baseLength else {
                throw malformed("control triple \(index) seeks outside the base")
            }
            base = next
            parsed.append(Triple(diff: diff, extra: extra, seek: seek))
        }
        guard left == 0 else { throw malformed("the control triples make \(left) bytes fewer than the chunk has") }
        guard reader.remaining == 0 else { throw malformed("bytes follow the last control triple") }
        self.init(start: start, triples: parsed)
    }
}
