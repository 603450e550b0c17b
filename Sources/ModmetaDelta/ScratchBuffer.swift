/// Memory that grows to the largest size requested and is kept between uses.
///
/// It is aligned for every word and vector type.
final class ScratchBuffer {
    private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { bytes.deallocate() }

    /// Returns `count` bytes with undefined contents and a non-nil base address; earlier results become invalid.
    func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if bytes.count < max(count, 1) {
            bytes.deallocate()
            let page = 1 << 16
            bytes = .allocate(byteCount: (max(count, 1) + page - 1) / page * page, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count])
    }
}
