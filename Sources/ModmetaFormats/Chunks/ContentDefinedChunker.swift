/// Splits a file of unknown structure: a cut depends on the 64 bytes before it, not on its offset.
///
/// The file is passed in order, in buffers of any size, which do not affect the cuts. The rule is
/// docs/formats/chunks.md, "Opaque files".
public struct ContentDefinedChunker: Sendable {
    /// The shortest chunk except the last, in bytes.
    public static let minimum = 256 << 10
    /// The length from which on cuts are 16 times as likely, so that most chunks end soon after it.
    public static let normal = 1 << 20
    /// The longest chunk, in bytes.
    public static let maximum = 4 << 20

    // A cut follows a byte at which the hash is below the threshold: once in 2^22 bytes, then once in 2^18.
    static let thresholdBeforeNormal: UInt64 = 1 << 42
    static let thresholdFromNormal: UInt64 = 1 << 46
    // The hash shifts by one bit per byte, so bytes further back than this have left its 64 bits.
    static let window = 64

    private var offset: UInt64 = 0
    private var length = 0
    private var hash: UInt64 = 0

    /// Starts at the beginning of a file.
    public init() {}

    /// Processes the next bytes of the file.
    ///
    /// - Returns: the ends of the chunks completed by these bytes, in bytes from the start of the file.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) -> [UInt64] {
        var cuts: [UInt64] = []
        var position = 0
        while let end = nextCut(bytes, from: position) {
            cuts.append(offset + UInt64(end))
            position = end
            length = 0
            hash = 0
        }
        offset += UInt64(bytes.count)
        return cuts
    }

    /// Ends the file.
    ///
    /// - Returns: the end of the last chunk, or nil if the file is empty or the last cut was at its end.
    public mutating func finish() -> UInt64? {
        defer { self = ContentDefinedChunker() }
        return length > 0 ? offset : nil
    }

    /// Returns the end of the current chunk, or nil if the chunk takes all bytes.
    private mutating func nextCut(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        // Skip bytes that are in the window of no possible cut.
        let skipped = min(
            max(0, ContentDefinedChunker.minimum - ContentDefinedChunker.window - length), bytes.count - start)
        position += skipped
        length += skipped
        let phases = [
            (ContentDefinedChunker.minimum - 1, UInt64(0)),
            (ContentDefinedChunker.normal - 1, ContentDefinedChunker.thresholdBeforeNormal),
            (ContentDefinedChunker.maximum - 1, ContentDefinedChunker.thresholdFromNormal),
        ]
        for (limit, threshold) in phases where position < bytes.count && length < limit {
            let stop = min(bytes.count, position + limit - length)
            let end = roll(bytes, position..<stop, until: threshold)
            length += (end ?? stop) - position
            if let end { return end }
            position = stop
        }
        return position < bytes.count ? position + 1 : nil
    }

    /// Rolls the hash over a range; returns the index after the first byte that brings it below the threshold.
    private mutating func roll(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, until threshold: UInt64) -> Int? {
        GearTable.values.withUnsafeBufferPointer { gear in
            var rolling = hash
            defer { hash = rolling }
            for index in range {
                rolling = rolling &<< 1 &+ gear[Int(bytes[index])]
                if rolling < threshold { return index + 1 }
            }
            return nil
        }
    }
}
