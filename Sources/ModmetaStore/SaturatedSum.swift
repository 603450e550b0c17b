extension UInt64 {
    /// The sum, or the greatest number there is: sizes that a store names may be anything.
    package func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Sequence<ListedObject> {
    /// The size of all together, in bytes, saturated.
    var totalSize: UInt64 { reduce(0) { $0.addingSaturated($1.size) } }
}
