/// Extracts one field from consecutive blocks, and writes it back.
enum BlockFields {
    /// Copies the field at `offset` of each block of `width` bytes into memory of exactly the total size.
    static func gather(
        _ blocks: UnsafeRawBufferPointer, width: Int, _ offset: Int, _ length: Int,
        in output: UnsafeMutableRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        guard let source = blocks.baseAddress, let target = output.baseAddress else {
            return UnsafeRawBufferPointer(output)
        }
        for block in 0..<output.count / length {
            (target + block * length).copyMemory(from: source + block * width + offset, byteCount: length)
        }
        return UnsafeRawBufferPointer(output)
    }

    /// Copies a field back into its blocks.
    static func scatter(
        _ field: UnsafeRawBufferPointer, width: Int, _ offset: Int, _ length: Int,
        into blocks: UnsafeMutableRawBufferPointer
    ) {
        guard let source = field.baseAddress, let target = blocks.baseAddress else { return }
        for block in 0..<field.count / length {
            (target + block * width + offset).copyMemory(from: source + block * length, byteCount: length)
        }
    }
}
