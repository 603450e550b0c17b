/// Maps scale indices to tables: neighbouring indices share one, in each bucket of predictions.
///
/// See docs/formats/delta.md, "Scaled".
struct ScaleClasses {
    /// The tables, ordered by bucket and index.
    var frequencies: [SymbolFrequencies]
    /// The number of tables of each bucket.
    var counts: [Int]
    /// The first index of each table except the first of its bucket, increasing within a bucket.
    var bounds: [Int]

    /// Fills `table` with the table of each index of each bucket.
    func fill(_ table: UnsafeMutablePointer<UInt8>) {
        var first = 0
        var bound = 0
        for (bucket, count) in counts.enumerated() {
            let row = table + bucket * ScaleIndex.count
            // A valid payload has no word in a bucket without tables.
            row.update(repeating: UInt8(min(first, frequencies.count - 1)), count: ScaleIndex.count)
            for next in 1..<max(1, count) {
                for index in bounds[bound]..<ScaleIndex.count { row[index] = UInt8(first + next) }
                bound += 1
            }
            first += count
        }
    }

    /// Appends the bounds and tables.
    func serialized() -> [UInt8] {
        var writer = BitWriter()
        var bound = 0
        for count in counts {
            writer.append(UInt32(count), count: 8)
            for _ in 1..<max(1, count) {
                writer.append(UInt32(bounds[bound]), count: 11)
                bound += 1
            }
        }
        var previous: SymbolFrequencies?
        for table in frequencies {
            table.append(to: &writer, after: previous)
            previous = table
        }
        return writer.finish()
    }

    /// Parses bounds and tables of symbols up to `largest`.
    init(parsing bytes: UnsafeRawBufferPointer, offset: Int, buckets: Int, largest: Int) throws(DeltaError) {
        var reader = BitReader(bytes, offset: offset)
        counts = []
        bounds = []
        var total = 0
        for _ in 0..<buckets {
            let count = Int(try reader.bits(8))
            total += count
            counts.append(count)
            var last = 0
            for _ in 1..<max(1, count) {
                let bound = Int(try reader.bits(11))
                guard bound > last, bound < ScaleIndex.count else {
                    throw DeltaError(.malformed, "the tables of a run are not in order", offset: reader.byteOffset)
                }
                bounds.append(bound)
                last = bound
            }
        }
        guard total > 0, total <= RansFormat.maximumTables else {
            throw DeltaError(.malformed, "a run has \(total) tables", offset: offset)
        }
        frequencies = []
        for _ in 0..<total {
            let table = try SymbolFrequencies(parsing: &reader, after: frequencies.last)
            guard (table.parts.lastIndex { $0 > 0 } ?? 0) <= largest else {
                throw DeltaError(
                    .malformed, "a table has symbols that are out of range for this word length",
                    offset: reader.byteOffset)
            }
            frequencies.append(table)
        }
        try reader.finish()
    }
}
