import CBzip2

/// Decompresses one bzip2 stream in a range of a file.
final class Bzip2Decompressor {
    // The library keeps the address of the stream, so it must not move.
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    private let file: InputFile
    private var unread: Range<Int>
    private var isAtEnd = false

    init(_ file: InputFile, range: Range<Int>) throws(DeltaError) {
        self.file = file
        unread = range
        stream.initialize(to: bz_stream())
        let result = BZ2_bzDecompressInit(stream, 0, 0)
        guard result == BZ_OK else { throw DeltaError(.library, "bzip2 could not start: code \(result)") }
    }

    deinit {
        BZ2_bzDecompressEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Fills the buffer with the next bytes; throws `malformed` if the stream ends first.
    func read(into output: UnsafeMutableRawBufferPointer, _ what: String) throws(DeltaError) {
        guard try readSome(into: output) == output.count else {
            throw DeltaError(.malformed, "\(what) ends too early", offset: unread.lowerBound)
        }
    }

    /// Checks that the stream ends here and that nothing follows it in its range.
    func finish(_ what: String) throws(DeltaError) {
        var extra: UInt8 = 0
        let more = try withUnsafeMutableBytes(of: &extra) { byte throws(DeltaError) in try readSome(into: byte) }
        guard more == 0, unread.isEmpty, stream.pointee.avail_in == 0 else {
            throw DeltaError(.malformed, "bytes follow the end of \(what)", offset: unread.lowerBound)
        }
    }

    private func readSome(into output: UnsafeMutableRawBufferPointer) throws(DeltaError) -> Int {
        var done = 0
        while done < output.count, !isAtEnd {
            if stream.pointee.avail_in == 0 { try refill() }
            let part = min(output.count - done, 1 << 24)
            let target = UnsafeMutableRawBufferPointer(rebasing: output[done..<done + part])
            let given = stream.pointee.avail_in
            stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_out = UInt32(part)
            let result = BZ2_bzDecompress(stream)
            guard result == BZ_OK || result == BZ_STREAM_END else {
                throw DeltaError(.malformed, "a bzip2 stream is damaged", offset: unread.lowerBound)
            }
            isAtEnd = result == BZ_STREAM_END
            let made = part - Int(stream.pointee.avail_out)
            done += made
            if made == 0, given == 0, !isAtEnd {
                throw DeltaError(.malformed, "a bzip2 stream ends too early", offset: unread.lowerBound)
            }
        }
        return done
    }

    private func refill() throws(DeltaError) {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<min(buffer.count, unread.count)])
        try file.read(at: unread.lowerBound, into: part)
        unread = unread.lowerBound + part.count..<unread.upperBound
        stream.pointee.next_in = part.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_in = UInt32(part.count)
    }
}
