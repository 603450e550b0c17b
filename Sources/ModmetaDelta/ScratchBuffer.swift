/// Memory that grows to the largest size asked for and is kept between uses.
///
/// Its start is aligned for every word and vector type.
final class ScratchBuffer {
    private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { bytes.deallocate() }

    /// Returns at least one and exactly `count` bytes with undefined contents; earlier results become invalid.
    func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if bytes.count < max(count, 1) {
            bytes.deallocate()
            let page = 1 << 16
            bytes = .allocate(byteCount: (max(count, 1) + page - 1) / page * page, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count])
    }
}
