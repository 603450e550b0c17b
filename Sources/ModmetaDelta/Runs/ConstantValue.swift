import Glibc

extension UnsafeRawBufferPointer {
    /// The value all bytes have, or nil if there are several or none.
    var constantValue: UInt8? {
        guard let start = baseAddress else { return nil }
        // Equal to itself one byte further on means equal throughout.
        return memcmp(start, start + 1, count - 1) == 0 ? self[0] : nil
    }

    /// Whether two runs of the same length hold the same bytes.
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return count == other.count }
        return count == other.count && memcmp(left, right, count) == 0
    }
}
