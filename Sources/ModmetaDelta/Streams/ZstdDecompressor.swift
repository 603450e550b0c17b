import CZstd

/// A zstd decompression context for untrusted frames of known content size.
final class ZstdDecompressor {
    /// The binary logarithm of the largest window a frame may declare: the longest chunk.
    static let maximumWindowLog = 24

    private let context: OpaquePointer

    init() throws(DeltaError) {
        guard let context = ZSTD_createDCtx() else {
            throw DeltaError(.library, "zstd could not create a decompression context: out of memory")
        }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Decompresses exactly one frame into exactly `output.count` bytes.
    ///
    /// - Parameter offset: the byte offset of the frame in the payload, for messages.
    func decompress(
        _ frame: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, offset: Int
    ) throws(DeltaError) {
        try checkWindow(frame, offset: offset)
        let declared = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        guard declared == UInt64(output.count) else {
            throw DeltaError(
                .malformed, "a zstd frame does not declare the \(output.count) bytes it must hold", offset: offset)
        }
        let length = ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
        guard ZSTD_isError(length) == 0, length == frame.count else {
            throw DeltaError(.malformed, "a zstd block is not exactly one frame", offset: offset)
        }
        let result = ZSTD_decompressDCtx(context, output.baseAddress, output.count, frame.baseAddress, frame.count)
        guard ZSTD_isError(result) == 0 else {
            let reason = String(cString: ZSTD_getErrorName(result))
            throw DeltaError(.malformed, "a zstd frame could not be decompressed: \(reason)", offset: offset)
        }
        guard result == output.count else {
            throw DeltaError(
                .malformed, "a zstd frame holds \(result) bytes; expected \(output.count)", offset: offset)
        }
    }

    /// Refuses frames with a window larger than a chunk, which no encoder of this format makes.
    ///
    /// See RFC 8878, 3.1.1.1.2: the window descriptor is absent from single-segment frames.
    private func checkWindow(_ frame: UnsafeRawBufferPointer, offset: Int) throws(DeltaError) {
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
        guard frame.count >= 6, frame.prefix(4).elementsEqual(magic) else {
            throw DeltaError(.malformed, "a zstd block does not start with a zstd frame", offset: offset)
        }
        let isSingleSegment = frame[4] & 0x20 != 0
        if !isSingleSegment, 10 + Int(frame[5] >> 3) > ZstdDecompressor.maximumWindowLog {
            throw DeltaError(.limitExceeded, "a zstd frame declares a window larger than a chunk", offset: offset)
        }
    }
}
