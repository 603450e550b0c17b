/// Writes streams as blocks, each stored by the cheapest method of `StreamBlock`.
final class StreamEncoder {
    /// The kind of data in a stream.
    enum Texture {
        /// Byte planes: mostly independent symbols whose statistics drift.
        case plane
        /// Text, tables and other bytes with distant repetitions.
        case bytes
    }

    /// The most bytes in a block of a plane: two zstd blocks, so that each adapts to its data.
    private static let planeBlock = 256 << 10
    /// A remainder smaller than this joins the previous block.
    private static let smallestBlock = 16 << 10
    /// The bytes of a block sampled for repetitions.
    private static let sampleLength = 16 << 10

    /// The zstd level for bytes with repetitions.
    var level: Int32 {
        didSet { if level != oldValue { strong = nil } }
    }
    private var entropy: ZstdCompressor?
    private var fast: ZstdCompressor?
    private var strong: ZstdCompressor?
    private let first = ScratchBuffer()
    private let second = ScratchBuffer()

    init(level: Int32) { self.level = level }

    /// Appends a stream.
    func append(
        _ stream: UnsafeRawBufferPointer, texture: Texture, to output: inout [UInt8]
    ) throws(DeltaError) {
        var writer = BlockWriter()
        var start = 0
        while start < stream.count {
            var end = stream.count
            if texture == .plane {
                end = min(end, start + StreamEncoder.planeBlock)
                // A last block too small to pay for its own tables joins its neighbour.
                if stream.count - end < StreamEncoder.smallestBlock { end = stream.count }
            }
            let block = UnsafeRawBufferPointer(rebasing: stream[start..<end])
            if let value = block.constantValue {
                writer.constant(value, count: block.count, to: &output)
            } else if let frame = try smallestFrame(block, texture: texture) {
                writer.zstd(frame, count: block.count, to: &output)
            } else {
                writer.raw(block, to: &output)
            }
            start = end
        }
        writer.finish(&output)
    }

    /// Returns the shortest zstd frame found for a block, or nil if the block is best stored raw.
    private func smallestFrame(
        _ block: UnsafeRawBufferPointer, texture: Texture
    ) throws(DeltaError) -> UnsafeRawBufferPointer? {
        let statistics = ByteStatistics(block)
        let repeats = try hasRepeats(block)
        let isRandom = statistics.entropy > 7.95
        if isRandom, !repeats { return nil }
        var best: UnsafeRawBufferPointer?
        if !isRandom {
            best = try compress(block, with: entropyCompressor(), in: first, below: block.count)
        }
        // If one value prevails, matches go below the one bit per byte that entropy coding of single bytes needs.
        guard repeats || texture == .bytes || statistics.topShare > 0.5 else { return best }
        let compressor = texture == .plane ? try fastCompressor() : try strongCompressor()
        return try compress(block, with: compressor, in: second, below: best?.count ?? block.count) ?? best
    }

    private func compress(
        _ block: UnsafeRawBufferPointer, with compressor: ZstdCompressor, in scratch: ScratchBuffer, below limit: Int
    ) throws(DeltaError) -> UnsafeRawBufferPointer? {
        let memory = scratch.reserve(limit - 1)
        guard let length = try compressor.compress(block, into: memory) else { return nil }
        return UnsafeRawBufferPointer(rebasing: memory[0..<length])
    }

    /// Whether matches compress a sample clearly better than its byte frequencies alone.
    private func hasRepeats(_ block: UnsafeRawBufferPointer) throws(DeltaError) -> Bool {
        let length = min(block.count, StreamEncoder.sampleLength)
        let start = (block.count - length) / 2
        let sample = UnsafeRawBufferPointer(rebasing: block[start..<start + length])
        let expected = Int(ByteStatistics(sample).entropy * Double(length) / 8 * 0.95)
        guard expected > 32 else { return false }
        return try compress(sample, with: fastCompressor(), in: second, below: expected) != nil
    }

    private func entropyCompressor() throws(DeltaError) -> ZstdCompressor {
        if let entropy { return entropy }
        let created = try ZstdCompressor(.entropy)
        entropy = created
        return created
    }

    private func fastCompressor() throws(DeltaError) -> ZstdCompressor {
        if let fast { return fast }
        let created = try ZstdCompressor(.level(1))
        fast = created
        return created
    }

    private func strongCompressor() throws(DeltaError) -> ZstdCompressor {
        if let strong { return strong }
        let created = try ZstdCompressor(.level(level))
        strong = created
        return created
    }
}
