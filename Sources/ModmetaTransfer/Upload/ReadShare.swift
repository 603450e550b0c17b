/// What a reader with nothing may read for each changed chunk of a file, as a share of its raw length, as far as it is known.
struct ReadShare {
    /// The least and the most it may turn out to be.
    private let bounds: ClosedRange<Double>

    /// A share that is known.
    init(_ share: Double) { bounds = share...share }

    /// A share of which only the bounds are known.
    init(in bounds: ClosedRange<Double>) { self.bounds = bounds }

    /// What is asked depends on the share, which must be found out.
    struct Unknown: Error {}

    /// Whether so many bytes may be read for a chunk of a raw length.
    ///
    /// - Throws: `Unknown`.
    func allows(_ length: Double, for rawLength: Int) throws(Unknown) -> Bool {
        if length <= bounds.lowerBound * Double(rawLength) { return true }
        if length > bounds.upperBound * Double(rawLength) { return false }
        throw Unknown()
    }
}
