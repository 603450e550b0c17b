internal import ModmetaFormats

/// How much of a file the bases found so far have, tensor by tensor.
struct BaseCoverage {
    /// The least share of the file a further base must add to be worth its manifest.
    private static let leastGain = 0.001

    private let layout: Layout
    private let size: UInt64
    private var covered: [UInt64]
    private var sum: UInt64 = 0

    init(of layout: Layout) {
        self.layout = layout
        size = max(1, layout.tensors.reduce(0) { $0 + UInt64($1.range.count) })
        covered = [UInt64](repeating: 0, count: layout.tensors.count)
    }

    /// The share of the tensors' bytes that some base has, between 0 and 1.
    var share: Double { Double(sum) / Double(size) }

    /// Whether the bases have all of a tensor.
    func isCovered(_ index: Int) -> Bool { covered[index] >= UInt64(layout.tensors[index].range.count) }

    /// Adds what a base has.
    ///
    /// - Returns: whether it has enough that no other has.
    @discardableResult
    mutating func add(_ base: BaseManifest) -> Bool {
        var gain: UInt64 = 0
        for index in covered.indices {
            let length = base.coveredLength(of: index, in: layout)
            guard length > covered[index] else { continue }
            gain += length - covered[index]
            covered[index] = length
        }
        sum += gain
        return Double(gain) >= BaseCoverage.leastGain * Double(size)
    }
}
