/// Appends the blocks of one stream; adjacent blocks that can be merged become one.
struct BlockWriter {
    // Raw and constant blocks are held back because the next one may extend them.
    private var pendingRaw: UnsafeRawBufferPointer?
    private var pendingConstant: (value: UInt8, count: Int)?

    init() {}

    mutating func constant(_ value: UInt8, count: Int, to output: inout [UInt8]) {
        if let pending = pendingConstant, pending.value == value {
            pendingConstant = (value, pending.count + count)
        } else {
            finish(&output)
            pendingConstant = (value, count)
        }
    }

    /// Appends bytes, which must stay valid until `finish`.
    mutating func raw(_ block: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        if let pending = pendingRaw, let start = pending.baseAddress, start + pending.count == block.baseAddress {
            pendingRaw = UnsafeRawBufferPointer(start: start, count: pending.count + block.count)
        } else {
            finish(&output)
            pendingRaw = block
        }
    }

    mutating func zstd(_ frame: UnsafeRawBufferPointer, count: Int, to output: inout [UInt8]) {
        finish(&output)
        output.append(StreamBlock.zstd.rawValue)
        output.append(number: count)
        output.append(number: frame.count)
        output.append(contentsOf: frame)
    }

    /// Writes the pending block.
    mutating func finish(_ output: inout [UInt8]) {
        if let block = pendingRaw {
            output.append(StreamBlock.raw.rawValue)
            output.append(number: block.count)
            output.append(contentsOf: block)
        }
        if let (value, count) = pendingConstant {
            output.append(StreamBlock.constant.rawValue)
            output.append(number: count)
            output.append(value)
        }
        pendingRaw = nil
        pendingConstant = nil
    }
}
