import CBzip2

/// Compresses one bzip2 stream and appends it to a file.
final class Bzip2Compressor {
    // The library keeps the address of the stream, so it must not move.
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)

    init() throws(DeltaError) {
        stream.initialize(to: bz_stream())
        let result = BZ2_bzCompressInit(stream, 9, 0, 0)
        guard result == BZ_OK else { throw DeltaError(.library, "bzip2 could not start: code \(result)") }
    }

    deinit {
        BZ2_bzCompressEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Compresses more bytes.
    func append(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(DeltaError) {
        var done = 0
        while done < bytes.count {
            let part = min(bytes.count - done, 1 << 24)
            let input = UnsafeRawBufferPointer(rebasing: bytes[done..<done + part])
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
            stream.pointee.avail_in = UInt32(part)
            while stream.pointee.avail_in > 0 { _ = try step(BZ_RUN, file) }
            done += part
        }
    }

    /// Writes the end of the stream.
    func finish(to file: OutputFile) throws(DeltaError) {
        while try step(BZ_FINISH, file) != BZ_STREAM_END {}
    }

    private func step(_ action: Int32, _ file: OutputFile) throws(DeltaError) -> Int32 {
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = UInt32(buffer.count)
        let result = BZ2_bzCompress(stream, action)
        guard result >= 0 else { throw DeltaError(.library, "bzip2 could not compress: code \(result)") }
        try file.append(UnsafeRawBufferPointer(rebasing: buffer[0..<buffer.count - Int(stream.pointee.avail_out)]))
        return result
    }
}
