/// Least squares for the number of steps with each k, from what one step subtracts from each word.
struct DecaySquares {
    /// The k of the first column.
    let lowest: Int
    private let mantissas: [Double]
    // For each k, the units that one step subtracts from each word.
    private var columns: [[Double]]

    /// Creates the columns for a range of k.
    ///
    /// - Parameters:
    ///   - middle: the k at the centre of the range.
    ///   - starts: the mantissas before all steps.
    ///   - mantissas: the mantissas halfway.
    init(around middle: Int, starts: [Double], mantissas: [Double]) {
        self.mantissas = mantissas
        lowest = middle <= 12 ? max(1, middle / 2) : middle <= 40 ? 1 : max(1, middle - 48)
        let highest = middle <= 40 ? 2 * middle + 2 : middle + 48
        columns = []
        for k in lowest...highest {
            // It is not known yet where in the schedule the steps are, so this takes the mean of three positions.
            let factor = Double(k) * 0x1p-24
            columns.append(
                zip(starts, mantissas).map { start, middle in
                    let first = DecaySquares.rounded(start * factor) + DecaySquares.rounded(middle * factor)
                    let second =
                        DecaySquares.rounded(middle * factor) + DecaySquares.rounded((2 * middle - start) * factor)
                    return (first + second) / 4
                })
        }
    }

    /// Replaces what one step with `k` subtracts from each word.
    mutating func replaceColumn(_ column: [Double], k: Int) { columns[k - lowest] = column }

    /// The nearest integer; ties round to even.
    @inline(__always)
    private static func rounded(_ value: Double) -> Double { (value + 0x1.8p52) - 0x1.8p52 }

    /// Returns the counts, or nil if the equations do not determine them.
    func solve(_ differences: [Double]) -> [Double]? {
        let count = columns.count
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
        for row in 0..<count {
            for column in row..<count {
                let product = DecaySquares.dot(columns[row], columns[column])
                matrix[row][column] = product
                matrix[column][row] = product
            }
            matrix[row][row] += 1e-3
            matrix[row][count] = DecaySquares.dot(columns[row], differences)
        }
        // The matrix is positive definite, so elimination needs no pivoting.
        for pivot in 0..<count {
            guard matrix[pivot][pivot] > 1e-9 else { return nil }
            let line = matrix[pivot]
            for row in pivot + 1..<max(count, pivot + 1) {
                let factor = matrix[row][pivot] / line[pivot]
                matrix[row].withUnsafeMutableBufferPointer { target in
                    for column in pivot...count { target[column] -= factor * line[column] }
                }
            }
        }
        var counts = [Double](repeating: 0, count: count)
        for row in (0..<count).reversed() {
            var rest = matrix[row][count]
            for column in row + 1..<max(count, row + 1) { rest -= matrix[row][column] * counts[column] }
            counts[row] = rest / matrix[row][row]
        }
        return counts.allSatisfy { $0.magnitude < 4096 } ? counts : nil
    }

    /// The share of the rounding in the differences that the counts leave unexplained, from 0 to 1.
    func unexplained(_ differences: [Double], _ counts: [Double]) -> Double {
        let share = differences.reduce(0, +) / mantissas.reduce(0, +)
        var left = 0.0
        var all = 0.0
        for word in mantissas.indices {
            var fitted = 0.0
            for (column, count) in zip(columns, counts) { fitted += column[word] * count }
            left += (differences[word] - fitted) * (differences[word] - fitted)
            let rest = differences[word] - share * mantissas[word]
            all += rest * rest
        }
        return all > 0 ? left / all : 0
    }

    private static func dot(_ left: [Double], _ right: [Double]) -> Double {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                var sums = SIMD8<Double>()
                for place in stride(from: 0, to: left.count, by: 64) {
                    sums +=
                        left.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
                        * right.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
                }
                let four = sums.lowHalf + sums.highHalf
                return (four[0] + four[1]) + (four[2] + four[3])
            }
        }
    }
}
