extension ScaledCoder {
    /// Returns the predictions for a row and the scales of its columns; neutral ones for a part without directions.
    ///
    /// The result is valid until the next call.
    @inline(__always)
    func predict(
        _ row: CodedRow, _ directions: Directions
    ) -> (predictions: UnsafePointer<Int32>, scales: UnsafePointer<UInt8>) {
        let rank = directions.ranks[row.part]
        let memory = predictions.reserve(5 * row.count).baseAddress!
        let output = memory.bindMemory(to: Int32.self, capacity: row.count)
        let scales = (memory + 4 * row.count).bindMemory(to: UInt8.self, capacity: row.count)
        guard rank > 0 else {
            output.update(repeating: 0, count: row.count)
            scales.update(repeating: UInt8(Directions.neutralScale), count: row.count)
            return (UnsafePointer(output), UnsafePointer(scales))
        }
        directions.columns.withUnsafeBufferPointer { columns in
            directions.factors.withUnsafeBufferPointer { factors in
                let start = columns.baseAddress! + directions.columnStarts[row.part]
                scales.update(from: start, count: row.count)
                Directions.predict(
                    start + row.row, row: row.row, factors.baseAddress! + row.factors, rank: rank, count: row.count,
                    into: output)
            }
        }
        return (UnsafePointer(output), UnsafePointer(scales))
    }
}
