/// Concatenates bit fields, lowest bit first within fields and bytes.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount = 0

    init() {}

    /// Appends the lowest `count` bits of a value, at most 32.
    mutating func append(_ value: UInt32, count: Int) {
        pending |= (UInt64(value) & (1 << UInt64(count) - 1)) << UInt64(pendingCount)
        pendingCount += count
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    /// Appends a unary number: `value` one bits and a zero bit.
    mutating func append(unary value: Int) {
        for _ in 0..<value { append(1, count: 1) }
        append(0, count: 1)
    }

    /// Pads the last byte with zero bits and returns all bytes.
    mutating func finish() -> [UInt8] {
        if pendingCount > 0 { append(0, count: 8 - pendingCount) }
        return bytes
    }
}
