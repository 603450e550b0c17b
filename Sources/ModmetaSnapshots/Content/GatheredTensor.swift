internal import ModmetaFormats

/// The elements of a strided tensor, gathered in the order of their indices.
struct GatheredTensor {
    /// The longest run of bytes that is loaded to gather from.
    static let limit: UInt64 = 256 << 20

    private let bytes: [UInt8]
    private let view: StateDictionary.View

    /// - Parameter bytes: the bytes of the view's range.
    init(_ bytes: [UInt8], as view: StateDictionary.View) {
        self.bytes = bytes
        self.view = view
    }

    /// Whether a tensor can be hashed in little memory, and in time proportional to the size of its file.
    static func canGather(_ view: StateDictionary.View) -> Bool {
        if view.isContiguous { return true }
        guard let count = view.byteCount else { return false }
        let span = UInt64(view.range.count)
        return span <= limit && count <= span
    }

    /// The SHA-256 of the elements in the order of their indices.
    var digest: Digest {
        var hash = SHA256()
        var block: [UInt8] = []
        block.reserveCapacity(1 << 16)
        let width = Int(view.width)
        var index = [UInt64](repeating: 0, count: view.shape.count)
        var offset = 0
        while true {
            block += bytes[offset..<offset + width]
            if block.count >= 1 << 16 {
                hash.update(block)
                block.removeAll(keepingCapacity: true)
            }
            guard let dimension = index.indices.last(where: { index[$0] + 1 < view.shape[$0] }) else { break }
            index[dimension] += 1
            for inner in index.indices where inner > dimension { index[inner] = 0 }
            var element: UInt64 = 0
            for (place, stride) in zip(index, view.strides) { element += place * stride }
            offset = width * Int(element)
        }
        hash.update(block)
        return hash.finish()
    }
}
