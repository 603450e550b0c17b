/// Writes the bits that follow large symbols, lowest first, into memory with eight bytes to spare.
struct ExtraBitWriter {
    private let start: UnsafeMutableRawPointer
    private var output: UnsafeMutableRawPointer
    private var pending: UInt64 = 0
    private var pendingCount: UInt64 = 0

    init(_ memory: UnsafeMutableRawPointer) {
        start = memory
        output = memory
    }

    /// Appends at most 32 bits.
    @inline(__always)
    mutating func append(_ value: UInt32, count: UInt32) { append(UInt64(value), count: UInt64(count)) }

    /// Appends at most 57 bits.
    @inline(__always)
    mutating func append(_ value: UInt64, count: UInt64) {
        pending |= value &<< pendingCount
        pendingCount &+= count
        output.storeBytes(of: pending.littleEndian, as: UInt64.self)
        output += Int(truncatingIfNeeded: pendingCount &>> 3)
        pending &>>= pendingCount & ~7
        pendingCount &= 7
    }

    /// Writes pending bits and returns the number of bytes written.
    mutating func finish() -> Int {
        if pendingCount > 0 {
            output.storeBytes(of: UInt8(truncatingIfNeeded: pending), as: UInt8.self)
            output += 1
        }
        return output - start
    }
}
