/// Builds the tensors of a safetensors layout: adds them one by one, then checks them against each other.
struct SafetensorsPlacement {
    /// The byte range of the tensors in the file.
    private let data: Range<UInt64>
    private var tensors: [Layout.Tensor] = []
    // The offset of each tensor's name in the header, which fits in 32 bits.
    private var offsets: [UInt32] = []
    private var isOrdered = true

    /// Starts without tensors; `data` is the range after the header.
    init(data: Range<UInt64>) { self.data = data }

    /// Adds a tensor, in the order of the header.
    mutating func add(_ entry: SafetensorsEntry) throws(FormatError) {
        let size = data.upperBound - data.lowerBound
        guard entry.end <= size else {
            throw FormatError(
                .malformed, "the tensor \(QuotedName(entry.name)) ends at byte \(entry.end) of \(size) bytes of data",
                offset: UInt64(entry.offset))
        }
        let tensor = Layout.Tensor(
            name: entry.name, dtype: entry.type.rawValue, element: entry.type.element, shape: entry.shape,
            range: data.lowerBound + entry.begin..<data.lowerBound + entry.end)
        if let last = tensors.last { isOrdered = isOrdered && tensorsAreOrdered(last, tensor) }
        tensors.append(tensor)
        offsets.append(UInt32(entry.offset))
    }

    /// Returns the tensors in the order of their bytes, after checking that they cover the data without gap or overlap.
    consuming func finish() throws(FormatError) -> [Layout.Tensor] {
        if !isOrdered {
            let order = tensors.indices.sorted { tensorsAreOrdered(tensors[$0], tensors[$1]) }
            tensors = order.map { tensors[$0] }
            offsets = order.map { offsets[$0] }
        }
        var covered = data.lowerBound
        for (index, tensor) in tensors.enumerated() {
            let name = QuotedName(tensor.name)
            guard tensor.range.lowerBound <= covered else {
                throw FormatError(
                    .malformed, "no tensor covers the bytes \(covered) to \(tensor.range.lowerBound), before \(name)",
                    offset: UInt64(offsets[index]))
            }
            guard tensor.range.lowerBound == covered else {
                throw FormatError(
                    .malformed, "the tensor \(name) overlaps \(QuotedName(tensors[index - 1].name))",
                    offset: UInt64(offsets[index]))
            }
            covered = tensor.range.upperBound
        }
        guard covered == data.upperBound else {
            throw FormatError(
                .malformed, "the file has \(data.upperBound - covered) bytes after its last tensor", offset: covered)
        }
        return tensors
    }

    private func tensorsAreOrdered(_ left: Layout.Tensor, _ right: Layout.Tensor) -> Bool {
        let (first, second) = (left.range, right.range)
        if first.lowerBound != second.lowerBound { return first.lowerBound < second.lowerBound }
        if first.upperBound != second.upperBound { return first.upperBound < second.upperBound }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
