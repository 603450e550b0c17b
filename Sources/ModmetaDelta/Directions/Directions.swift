/// What the rows of a tensor have in common: how far each column moves, and the directions that rows move along.
///
/// For a word in row r and column c, `sum over k of factor[r][k] * direction[k][c]` predicts the sign and size of the
/// difference, in integers. See docs/formats/delta.md, "Directions".
struct Directions: Hashable {
    /// The most directions a part may have.
    static let maximumRank = 4
    /// The most words in a row of a part with directions.
    static let maximumRow = 1 << 16
    /// The fewest rows of a part with directions, so that the cost of the columns stays small.
    static let minimumRows = 8
    /// The column scale that changes nothing.
    static let neutralScale = 32
    /// Column scales are below this.
    static let scales = 64
    /// The number of size classes of predictions.
    static let buckets = 9
    /// The right shift and the clamp applied to a prediction before the bucket lookup.
    static let shift = 5
    static let limit = 47

    /// The bucket of each shifted prediction: up to 1/8, 1/4, 1/2, 0.7, 1, 1.4, 2, 2.8 and above, with 16 as the step
    /// of a row.
    static let bucketTable: [UInt8] = (0...limit).map { size in
        UInt8([2, 4, 8, 11, 16, 23, 32, 45].count { $0 <= size })
    }

    /// The number of directions of each part.
    private(set) var ranks: [Int]
    /// The index in `columns` where each part starts.
    private(set) var columnStarts: [Int]
    /// For each part with directions: the scales of its columns, then each direction.
    var columns: [UInt8]
    /// For each coded row of a part with directions: its factors.
    var factors: [UInt8]

    /// Allocates columns and factors, all 0, for parts of the given ranks.
    init(ranks: [Int], parts: [RunPart], codedRows: [Int]) {
        self.ranks = ranks
        columnStarts = []
        var columnCount = 0
        var factorCount = 0
        for (index, part) in parts.enumerated() {
            columnStarts.append(columnCount)
            if ranks[index] > 0 { columnCount += (1 + ranks[index]) * part.row }
            factorCount += ranks[index] * codedRows[index]
        }
        columns = [UInt8](repeating: 0, count: columnCount)
        factors = [UInt8](repeating: 0, count: factorCount)
    }

    /// Predicts the first `count` words of a row of a part with directions.
    ///
    /// - Parameters:
    ///   - row: the words of a whole row.
    ///   - factor: the row's first index in `factors`.
    @inline(__always)
    static func predict(
        _ directions: UnsafePointer<UInt8>, row: Int, _ factors: UnsafePointer<UInt8>, rank: Int, count: Int,
        into output: UnsafeMutablePointer<Int32>
    ) {
        let first = Int32(Int8(bitPattern: factors[0]))
        for column in 0..<count { output[column] = first &* Int32(Int8(bitPattern: directions[column])) }
        for index in 1..<max(1, rank) {
            let direction = directions + index * row
            let factor = Int32(Int8(bitPattern: factors[index]))
            for column in 0..<count { output[column] &+= factor &* Int32(Int8(bitPattern: direction[column])) }
        }
    }
}
