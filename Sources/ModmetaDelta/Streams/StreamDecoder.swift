/// Decodes the blocks of streams.
final class StreamDecoder {
    private var zstd: ZstdDecompressor?

    /// Decodes blocks until `output` is full.
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
                    .malformed, "a stream block of \(length) bytes; expected at most \(output.count - done)",
                    offset: start)
            }
            let target = UnsafeMutableRawBufferPointer(rebasing: output[done..<done + length])
            switch StreamBlock(rawValue: code) {
            case .raw:
                target.copyMemory(from: try reader.slice(length, "a raw stream block"))
            case .constant:
                let value = try reader.byte("a constant stream block")
                target.initializeMemory(as: UInt8.self, repeating: value)
            case .zstd:
                let coded = try reader.number("the length of a zstd block")
                let offset = reader.offset
                let frame = try reader.slice(coded, "a zstd block")
                try decompressor().decompress(frame, into: target, offset: offset)
            case nil:
                throw CodeAllocation.unknown(
                    "stream block method \(code)", index: code, range: CodeAllocation.methods, offset: start)
            }
            done += length
        }
    }

    /// Decodes blocks until `count` bytes are complete; the caller must have bounded `count`.
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
