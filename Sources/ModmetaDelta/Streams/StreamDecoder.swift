/// Reads the blocks of a stream.
final class StreamDecoder {
    private var zstd: ZstdDecompressor?

    /// Reads blocks until exactly `output.count` bytes are there.
    func decode(
        _ reader: inout PayloadReader, into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        var done = 0
        while done < output.count {
            let start = reader.offset
            let code = try reader.byte("a stream block")
            let length = try reader.number("the length of a stream block")
            guard length > 0, length <= output.count - done else {
                throw DeltaError(
                    .malformed, "a stream block of \(length) bytes where \(output.count - done) are due", offset: start)
            }
            let target = UnsafeMutableRawBufferPointer(rebasing: output[done..<done + length])
            switch StreamBlock(rawValue: code) {
            case .raw:
                target.copyMemory(from: try reader.take(length, "a raw stream block"))
            case .constant:
                let value = try reader.byte("a constant stream block")
                target.initializeMemory(as: UInt8.self, repeating: value)
            case .zstd:
                let coded = try reader.number("the length of a zstd block")
                let offset = reader.offset
                let frame = try reader.take(coded, "a zstd block")
                try decompressor().decompress(frame, into: target, offset: offset)
            case nil:
                throw CodeAllotment.unknown(
                    "stream block method \(code)", index: code, range: CodeAllotment.methods, offset: start)
            }
            done += length
        }
    }

    /// Reads blocks until exactly `count` bytes are there, a number that the caller has bounded.
    func decode(_ reader: inout PayloadReader, count: Int) throws(DeltaError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        try span.withUnsafeMutableBytes { memory throws(DeltaError) in try decode(&reader, into: memory) }
        return bytes
    }

    private func decompressor() throws(DeltaError) -> ZstdDecompressor {
        if let zstd { return zstd }
        let created = try ZstdDecompressor()
        zstd = created
        return created
    }
}
