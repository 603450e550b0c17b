/// Which table serves which scale index: neighbouring indices share one.
///
/// See docs/formats/delta.md, "Scaled".
struct ScaleClasses {
    /// The tables, in the order of their indices.
    var frequencies: [SymbolFrequencies]
    /// The index each table but the first begins at, increasing.
    var bounds: [Int]

    /// Fills `table` with the table of every index.
    func fill(_ table: UnsafeMutablePointer<UInt8>) {
        var next = 0
        for index in 0..<ScaleIndex.count {
            while next < bounds.count, bounds[next] <= index { next += 1 }
            table[index] = UInt8(next)
        }
    }

    /// Appends the bounds and tables.
    func serialized() -> [UInt8] {
        var writer = BitWriter()
        writer.append(UInt32(frequencies.count), count: 8)
        for bound in bounds { writer.append(UInt32(bound), count: 11) }
        var previous: SymbolFrequencies?
        for table in frequencies {
            table.append(to: &writer, after: previous)
            previous = table
        }
        return writer.finish()
    }

    /// Reads bounds and tables of symbols up to `largest`.
    init(parsing bytes: UnsafeRawBufferPointer, offset: Int, largest: Int) throws(DeltaError) {
        var reader = BitReader(bytes, offset: offset)
        let count = Int(try reader.bits(8))
        guard count > 0 else { throw DeltaError(.malformed, "a run has no tables", offset: offset) }
        bounds = []
        for _ in 1..<count {
            let bound = Int(try reader.bits(11))
            guard bound > bounds.last ?? 0, bound < ScaleIndex.count else {
                throw DeltaError(.malformed, "the tables of a run are not in order", offset: reader.byteOffset)
            }
            bounds.append(bound)
        }
        frequencies = []
        for _ in 0..<count {
            let table = try SymbolFrequencies(parsing: &reader, after: frequencies.last)
            guard (table.parts.lastIndex { $0 > 0 } ?? 0) <= largest else {
                throw DeltaError(
                    .malformed, "a table has symbols that words of this length do not need", offset: reader.byteOffset)
            }
            frequencies.append(table)
        }
        try reader.finish()
    }
}
