/// The parameters that lie in one partition of a flat group, as ZeRO of stage 1 and 2 divides it.
///
/// All parameters of a group lie one behind the other, filled up so that the partitions are of one length.
public struct FlatPartition: Hashable, Sendable {
    /// A stretch of a parameter.
    public struct Slice: Hashable, Sendable {
        /// The parameter's name.
        public var name: String
        /// The elements of the parameter, flattened.
        public var elements: Range<UInt64>
    }

    /// The stretches in order; what follows the last is padding.
    public private(set) var slices: [Slice] = []

    /// Divides a group.
    ///
    /// - Parameters:
    ///   - parameters: the group's parameters in order.
    ///   - index: which partition, from 0.
    ///   - length: the elements of a partition.
    /// - Returns: nil where the numbers are larger than 64 bits hold.
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
