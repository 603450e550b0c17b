/// The lengths of the runs that a large tensor is split into: nearly equal, in whole rows unless rows are too large.
///
/// They depend only on the tensor's size, shape and width.
struct TensorRuns: Sequence {
    /// The bytes kept together: a row, an inner slice or an element.
    let unit: UInt64
    /// The number of units.
    let units: UInt64
    /// The number of runs.
    let count: UInt64

    /// Divides a tensor.
    ///
    /// - Parameters:
    ///   - size: the tensor's bytes, at least 1.
    ///   - shape: its dimensions, outermost first.
    ///   - width: the bytes of one number.
    ///   - target: the longest run of more than one unit, in bytes.
    init(size: UInt64, shape: [UInt64], width: UInt64, target: Int = ChunkLimits.target) {
        unit = TensorRuns.unit(size: size, shape: shape, width: width)
        units = size / unit
        let unitsPerRun = Swift.max(1, UInt64(target) / unit)
        count = units / unitsPerRun + (units % unitsPerRun == 0 ? 0 : 1)
    }

    /// Returns the lengths in bytes, in order; they add up to the tensor's size.
    func makeIterator() -> some IteratorProtocol<UInt64> {
        let (least, longer) = units.quotientAndRemainder(dividingBy: count)
        return (0..<count).lazy.map { unit * (least + ($0 < longer ? 1 : 0)) }.makeIterator()
    }

    /// The largest slice along the outer dimensions that fits in a chunk, else an element, else a byte.
    private static func unit(size: UInt64, shape: [UInt64], width: UInt64) -> UInt64 {
        var slice = size
        for extent in shape {
            // Elements of less than a byte may not divide into whole slices.
            guard extent > 0, slice % extent == 0 else { break }
            slice /= extent
            if slice <= UInt64(ChunkLimits.maximum) { return slice }
        }
        return size % width == 0 ? width : 1
    }
}
