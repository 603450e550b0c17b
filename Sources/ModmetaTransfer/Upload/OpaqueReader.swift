internal import ModmetaFormats

/// Reads a file without known structure from its start and cuts it by its content.
struct OpaqueReader: Sendable {
    private static let blockLength: UInt64 = 1 << 20

    /// Where the next chunk starts, in bytes from the start of the file.
    private(set) var position: UInt64 = 0
    private var chunker = ContentDefinedChunker()
    /// Bytes that were read and belong to no chunk handed out yet.
    private var pending: [UInt8] = []
    /// The ends of the chunks that are complete, in bytes from the start of the file.
    private var cuts: ArraySlice<UInt64> = []
    private var isFinished = false

    /// The next chunk's bytes, or nil at the end of the file.
    mutating func next(from file: LocalFile) throws -> [UInt8]? {
        while cuts.isEmpty, !isFinished {
            let offset = position + UInt64(pending.count)
            guard offset < file.size else {
                isFinished = true
                if let last = chunker.finish() { cuts.append(last) }
                break
            }
            let block = try file.read(at: offset, count: Int(min(Self.blockLength, file.size - offset)))
            pending += block
            cuts = block.withUnsafeBytes { chunker.update($0) }[...]
        }
        guard let end = cuts.popFirst() else { return nil }
        let chunk = Array(pending.prefix(Int(end - position)))
        pending.removeFirst(chunk.count)
        position = end
        return chunk
    }
}
