/// What the rows of a tensor have in common: how far its columns move, and directions that rows move along.
///
/// For a word in row r and column c, `sum over k of factor[r][k] * direction[k][c]` predicts the sign and the size of the
/// difference, as integers. See docs/formats/delta.md, "Directions".
struct Directions: Hashable {
    /// The most directions a part may have.
    static let maximumRank = 4
    /// The longest row a part with directions may have.
    static let maximumRow = 1 << 16
    /// A part with directions has at least so many rows, so that what columns take stays a small part of it.
    static let minimumRows = 8
    /// The column scale that changes nothing.
    static let neutralScale = 32
    /// Column scales are below this.
    static let scales = 64
    /// The sizes of predictions that are told apart.
    static let buckets = 9
    /// Predictions are looked up after this shift, up to this value.
    static let shift = 5
    static let limit = 47

    /// The bucket of every shifted prediction: up to 1/8, 1/4, 1/2, 0.7, 1, 1.4, 2, 2.8 and above, where 16 is the step of a row.
    static let bucketTable: [UInt8] = (0...limit).map { size in
        UInt8([2, 4, 8, 11, 16, 23, 32, 45].count { $0 <= size })
    }

    /// The number of directions of every part.
    private(set) var ranks: [Int]
    /// Where in `columns` each part begins.
    private(set) var columnStarts: [Int]
    /// For every part with directions the scales of its columns, then each direction.
    var columns: [UInt8]
    /// For every coded row of parts with directions its factors.
    var factors: [UInt8]

    /// Makes room for parts of the given ranks; columns and factors are 0.
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
    ///   - factor: where in `factors` the row's begin.
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
