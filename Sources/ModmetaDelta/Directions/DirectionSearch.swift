import ModmetaFormats

/// Finds the directions that the rows of a part move along, by power iteration on a sample of rows.
///
/// Floating-point sums run in a fixed order, so the same input makes the same payload on every machine. The payload
/// holds only integers.
struct DirectionSearch {
    private static let sampledRows = 128
    private static let iterations = 3
    /// The smallest share of the squared movement that a direction must explain.
    private static let leastShare: Float = 0.08
    private static let largestMovement: Float = 4
    /// The integers that a factor of 1 and a component of 1 are written as.
    private static let factorUnit: Float = 16
    private static let componentUnit: Float = 32

    let element: ElementKind
    let row: Int
    // The movement of the sampled rows, in steps of their row and column, row after row.
    private var sample: [Float] = []
    private var sampled = 0
    private(set) var columnScales: [UInt8] = []
    // Convert a movement from steps of the row to steps of row and column.
    private var columnFactors: [Float] = []
    private(set) var directions: [[Float]] = []

    /// Searches a part for directions.
    ///
    /// - Parameter rows: the byte offsets and scales of the rows that are coded word by word and have `row` words each.
    init(
        _ new: UnsafeRawPointer, base: UnsafeRawPointer, element: ElementKind, row: Int,
        rows: [(offset: Int, scale: Int)]
    ) {
        self.element = element
        self.row = row
        sampled = min(rows.count, DirectionSearch.sampledRows) & ~1
        guard sampled >= 16, row >= 16, row <= Directions.maximumRow else { return }
        var rowValues = [Float](repeating: 0, count: row)
        sample.reserveCapacity(sampled * row)
        // Neighbours in the sample are far apart in the part, so odd and even rows are a fair test of each other.
        for index in 0..<sampled {
            let place = rows[index * rows.count / sampled]
            rowValues.withUnsafeMutableBufferPointer { movement(new, base, place, into: $0.baseAddress!) }
            sample += rowValues
        }
        measureColumns()
        while directions.count < Directions.maximumRank, let direction = nextDirection() {
            directions.append(direction)
            var rest: [Float] = []
            swap(&rest, &sample)
            rest.withUnsafeMutableBufferPointer { rest in
                for index in 0..<sampled { deflate(rest.baseAddress! + index * row, direction) }
            }
            swap(&rest, &sample)
        }
    }

    /// The movement of a row in steps of the row, clamped.
    private func movement(
        _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ place: (offset: Int, scale: Int),
        into output: UnsafeMutablePointer<Float>
    ) {
        let step = Float(bitPattern: UInt32(truncatingIfNeeded: place.scale << 21 | 1 << 20))
        RowScale.movement(new + place.offset, base: base + place.offset, count: row, element: element, into: output)
        let inverse = 1 / step
        let limit = DirectionSearch.largestMovement
        for column in 0..<row {
            let value = output[column] * inverse
            // A NaN fails both comparisons.
            output[column] = value > -limit ? (value < limit ? value : limit) : -limit
        }
    }

    private mutating func measureColumns() {
        var sums = [Float](repeating: 0, count: row)
        for index in 0..<sampled {
            for column in 0..<row { sums[column] += sample[index * row + column].magnitude }
        }
        columnScales = sums.map { sum in
            let quarter = Int((sum / Float(sampled)).bitPattern >> 21) - 4 * 127
            return UInt8(max(0, min(Directions.scales - 1, quarter + Directions.neutralScale)))
        }
        columnFactors = columnScales.map { scale in
            let exponent = 4 * 127 + Int(scale) - Directions.neutralScale
            return 1 / Float(bitPattern: UInt32(exponent) << 21 | 1 << 20)
        }
        for index in 0..<sampled {
            for column in 0..<row { sample[index * row + column] *= columnFactors[column] }
        }
    }

    /// Returns the direction that explains most of the remaining sample, or nil if none explains enough.
    private func nextDirection() -> [Float]? {
        var direction = [Float](repeating: 0, count: row)
        // Any start vector not orthogonal to the result works; the first row serves.
        for column in 0..<row { direction[column] = sample[column] + 0.01 }
        // Fit to the even rows and test on the odd ones, so that explained noise does not count.
        for _ in 0..<DirectionSearch.iterations { direction = improved(direction, first: 0) }
        guard share(of: direction, first: 1) >= DirectionSearch.leastShare else { return nil }
        direction = improved(improved(direction, first: 1), first: 0)
        let power = DirectionSearch.dot(direction, direction) / Float(row)
        guard power > 0, power.isFinite else { return nil }
        let norm = power.squareRoot()
        return direction.map { DirectionSearch.quantized($0 / norm * DirectionSearch.componentUnit) }
    }

    private func improved(_ direction: [Float], first: Int) -> [Float] {
        var result = [Float](repeating: 0, count: row)
        sample.withUnsafeBufferPointer { sample in
            for index in stride(from: first, to: sampled, by: 2) {
                let values = sample.baseAddress! + index * row
                let factor = DirectionSearch.dot(values, direction, count: row)
                for column in 0..<row { result[column] += factor * values[column] }
            }
        }
        let norm = DirectionSearch.dot(result, result).squareRoot()
        guard norm > 0, norm.isFinite else { return direction }
        for column in 0..<row { result[column] /= norm }
        return result
    }

    private func share(of direction: [Float], first: Int) -> Float {
        var explained: Float = 0
        var total: Float = 0
        sample.withUnsafeBufferPointer { sample in
            for index in stride(from: first, to: sampled, by: 2) {
                let values = sample.baseAddress! + index * row
                let factor = DirectionSearch.dot(values, direction, count: row)
                explained += factor * factor
                total += DirectionSearch.dot(values, values, count: row)
            }
        }
        return total > 0 ? explained / (total * DirectionSearch.dot(direction, direction)) : 0
    }

    /// The factors of a row, as written to the payload.
    func factors(
        _ new: UnsafeRawPointer, base: UnsafeRawPointer, at place: (offset: Int, scale: Int),
        memory: UnsafeMutablePointer<Float>
    ) -> [UInt8] {
        movement(new, base, place, into: memory)
        for column in 0..<row { memory[column] *= columnFactors[column] }
        return directions.map { direction in
            UInt8(bitPattern: Int8(deflate(memory, direction)))
        }
    }

    /// Subtracts a direction from a row and returns the row's factor.
    @discardableResult
    private func deflate(_ values: UnsafeMutablePointer<Float>, _ direction: [Float]) -> Float {
        let unit = DirectionSearch.componentUnit
        let exact =
            DirectionSearch.dot(values, direction, count: row) * unit / DirectionSearch.dot(direction, direction)
        let factor = DirectionSearch.quantized(exact * DirectionSearch.factorUnit)
        let scaled = factor / (DirectionSearch.factorUnit * unit)
        direction.withUnsafeBufferPointer { direction in
            for column in 0..<row { values[column] -= scaled * direction[column] }
        }
        return factor
    }

    /// The nearest integer, clamped to -127...127.
    private static func quantized(_ value: Float) -> Float {
        let bounded = value > -127 ? (value < 127 ? value : 127) : -127
        return bounded.rounded()
    }

    private static func dot(_ left: [Float], _ right: [Float]) -> Float {
        left.withUnsafeBufferPointer { dot($0.baseAddress!, right, count: left.count) }
    }

    private static func dot(_ left: UnsafePointer<Float>, _ right: [Float], count: Int) -> Float {
        right.withUnsafeBufferPointer { dot(left, $0.baseAddress!, count: count) }
    }

    private static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int) -> Float {
        var sums = SIMD8<Float>()
        var index = 0
        while index + 8 <= count {
            sums +=
                UnsafeRawPointer(left + index).loadUnaligned(as: SIMD8<Float>.self)
                * UnsafeRawPointer(right + index).loadUnaligned(as: SIMD8<Float>.self)
            index += 8
        }
        while index < count {
            sums[index & 7] += left[index] * right[index]
            index += 1
        }
        return RowScale.total(sums)
    }
}
