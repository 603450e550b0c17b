/// The parameters in one partition of a flat group, as ZeRO stages 1 and 2 divide it.
///
/// The parameters of a group are concatenated and padded so that all partitions have the same length.
public struct FlatPartition: Hashable, Sendable {
    /// A part of a parameter.
    public struct Slice: Hashable, Sendable {
        /// The parameter's name.
        public var name: String
        /// The elements of the flattened parameter.
        public var elements: Range<UInt64>
    }

    /// The parts in order; padding follows the last one.
    public private(set) var slices: [Slice] = []

    /// Divides a group.
    ///
    /// - Parameters:
    ///   - parameters: the group's parameters in order.
    ///   - index: the partition, from 0.
    ///   - length: the elements in a partition.
    /// - Returns: nil if a number does not fit in 64 bits.
    public init?(of parameters: [DeepSpeedState.Parameter], index: UInt64, length: UInt64) {
        let (lower, overflow) = index.multipliedReportingOverflow(by: length)
        let (upper, endOverflow) = lower.addingReportingOverflow(length)
        guard !overflow, !endOverflow else { return nil }
        var start: UInt64 = 0
        for parameter in parameters {
            var count: UInt64 = 1
            for extent in parameter.shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                guard !overflow else { return nil }
                count = product
            }
            let (end, overflow) = start.addingReportingOverflow(count)
            guard !overflow else { return nil }
            let (from, to) = (max(start, lower), min(end, upper))
            if from < to { slices.append(Slice(name: parameter.name, elements: from - start..<to - start)) }
            start = end
        }
    }
}
