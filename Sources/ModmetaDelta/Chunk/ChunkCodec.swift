import ModmetaFormats

/// Encodes chunks into payloads and decodes payloads into chunks.
///
/// A codec owns scratch memory, at most a few times `ChunkLimits.maximum` bytes; only one task may use it at a time.
/// The format is docs/formats/payload.md.
public final class ChunkCodec {
    // The diff and extra blocks, and the base of the diff block, if they are not contiguous already.
    let blocks = ScratchBuffer()
    let gatheredBase = ScratchBuffer()
    // The planes of one run.
    let planes = ScratchBuffer()
    let transform = RunTransform()
    let streamEncoder: StreamEncoder
    let streamDecoder = StreamDecoder()
    let matcher = SuffixMatcher()
    // The fields of blocks and of their base; floats in a narrower type, by its width, and those of the base.
    let fields = ScratchBuffer()
    let baseFields = ScratchBuffer()
    let narrowed = [ScratchBuffer(), ScratchBuffer()]
    let narrowedBase = [ScratchBuffer(), ScratchBuffer()]
    // The samples of a run that filters are tried on.
    let sample = ScratchBuffer()
    let baseSample = ScratchBuffer()
    // The decoded form of a payload just written.
    let proof = ScratchBuffer()
    /// How the encoder chooses forms.
    public var effort: Effort {
        didSet { streamEncoder.level = effort.level }
    }
    let scaledCoder = ScaledCoder()
    let levelledCoder = LevelledCoder()

    /// Creates a codec; scratch memory is allocated on first use.
    public init(effort: Effort = .sampled) {
        self.effort = effort
        streamEncoder = StreamEncoder(level: effort.level)
    }

    /// Encodes a chunk without a base.
    ///
    /// - Parameters:
    ///   - new: the raw bytes, at most `ChunkLimits.maximum`.
    ///   - pieces: the parts of the bytes; `base` is ignored.
    /// - Returns: the payload, or nil if it would not be smaller than the raw bytes.
    /// - Throws: `limitExceeded` if the chunk is too long, `malformed` if the pieces do not cover it exactly.
    public func encodeFull(_ new: UnsafeRawBufferPointer, pieces: [CodedPiece]) throws(DeltaError) -> [UInt8]? {
        try ChunkCodec.check(new, pieces: pieces)
        let plan = DeltaPlan(full: pieces)
        let payload = try encode(new, base: UnsafeRawBufferPointer(start: nil, count: 0), plan: plan)
        return payload.count < new.count ? payload : nil
    }

    /// Encodes a chunk against a base.
    ///
    /// - Parameters:
    ///   - new: the raw bytes, at most `ChunkLimits.maximum`.
    ///   - base: the base's bytes, at most four times `ChunkLimits.maximum`.
    ///   - pieces: the parts of the new bytes and the base range of each.
    /// - Returns: the payload, which is longer than the raw bytes if the base does not help.
    /// - Throws: `limitExceeded` if the chunk or the base is too long, `malformed` if the pieces do not cover the chunk
    ///   exactly or exceed the base.
    public func encodeDelta(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, pieces: [CodedPiece]
    ) throws(DeltaError) -> [UInt8] {
        try ChunkCodec.check(new, pieces: pieces)
        guard base.count <= PayloadFormat.maximumBase else {
            throw DeltaError(.limitExceeded, "a base of \(base.count) bytes exceeds the size limit")
        }
        for piece in pieces {
            guard let range = piece.base else { continue }
            guard range.lowerBound >= 0, range.upperBound <= base.count else {
                throw DeltaError(
                    .malformed, "a piece is compared with bytes past the end of the base", offset: range.upperBound)
            }
        }
        let plan = try DeltaPlan(new, base: base, pieces: pieces, matcher: matcher)
        return try encode(new, base: base, plan: plan)
    }

    private static func check(_ new: UnsafeRawBufferPointer, pieces: [CodedPiece]) throws(DeltaError) {
        guard new.count <= ChunkLimits.maximum else {
            throw DeltaError(.limitExceeded, "a chunk of \(new.count) bytes exceeds the size limit")
        }
        var left = new.count
        for piece in pieces {
            guard piece.length >= 0, piece.length <= left else {
                throw DeltaError(
                    .malformed, "the pieces of a chunk extend past its end", offset: new.count - left)
            }
            left -= piece.length
        }
        guard left == 0 else {
            throw DeltaError(.malformed, "the pieces of a chunk end before it does", offset: new.count - left)
        }
    }
}
