internal import ModmetaFormats

/// The bytes between tensors: headers, padding, an archive's directory.
extension Layout {
    /// The first tensor with bytes that starts at or behind a byte; nil if there is none.
    func firstTensor(atOrBehind byte: UInt64) -> Int? {
        var low = 0
        var high = tensors.count
        while low < high {
            let middle = (low + high) / 2
            if tensors[middle].range.lowerBound < byte { low = middle + 1 } else { high = middle }
        }
        return tensors[low...].firstIndex { !$0.range.isEmpty }
    }

    /// The bytes between a tensor and the one with bytes before it, or the start of the file.
    ///
    /// - Parameter index: a tensor; nil for the bytes behind the last.
    func gap(before index: Int?) -> Range<UInt64> {
        let end = index.map { tensors[$0].range.lowerBound } ?? size
        let before = tensors[..<(index ?? tensors.count)].last { !$0.range.isEmpty }
        return min(before?.range.upperBound ?? 0, end)..<end
    }
}
