import Glibc

extension UnsafeRawBufferPointer {
    /// The value of all bytes, or nil if they differ or there are none.
    var constantValue: UInt8? {
        guard let start = baseAddress else { return nil }
        // Bytes that equal themselves shifted by one are all equal.
        return memcmp(start, start + 1, count - 1) == 0 ? self[0] : nil
    }

    /// Whether two runs of the same length hold the same bytes.
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return count == other.count }
        return count == other.count && memcmp(left, right, count) == 0
    }
}
