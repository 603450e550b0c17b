extension SymbolFrequencies {
    /// Appends the parts as differences in bit length, followed by the bits below the leading one.
    ///
    /// Neighbouring parts and tables have similar bit lengths. See docs/formats/delta.md, "Tables".
    func append(to writer: inout BitWriter, after previous: SymbolFrequencies?) {
        let last = parts.lastIndex { $0 > 0 } ?? 0
        writer.append(UInt32(last), count: 8)
        for value in 0...last {
            let length = SymbolFrequencies.bitLength(parts[value])
            let step = length - SymbolFrequencies.expected(value, in: parts, previous: previous)
            writer.append(unary: step >= 0 ? 2 * step : -2 * step - 1)
            if length > 1 { writer.append(UInt32(parts[value]), count: length - 1) }
        }
    }

    /// Reads one table.
    init(parsing reader: inout BitReader, after previous: SymbolFrequencies?) throws(DeltaError) {
        let last = Int(try reader.bits(8))
        var parts = [UInt16](repeating: 0, count: 256)
        var sum = 0
        for value in 0...last {
            let coded = try reader.unary(limit: 2 * (RansFormat.bits + 1))
            let step = coded & 1 == 0 ? coded / 2 : -(coded + 1) / 2
            let length = SymbolFrequencies.expected(value, in: parts, previous: previous) + step
            guard length >= 0, length <= RansFormat.bits + 1 else {
                throw DeltaError(.malformed, "a frequency is out of range", offset: reader.byteOffset)
            }
            if length > 0 {
                parts[value] = 1 << UInt16(length - 1) | UInt16(try reader.bits(length - 1))
                sum += Int(parts[value])
            }
        }
        guard sum == RansFormat.total, parts[last] > 0 else {
            throw DeltaError(
                .malformed, "the frequencies of a table add up to \(sum) instead of \(RansFormat.total)",
                offset: reader.byteOffset)
        }
        self.init(checked: parts)
    }

    private static func bitLength(_ part: UInt16) -> Int { UInt16.bitWidth - part.leadingZeroBitCount }

    /// The expected bit length of a part: that of the same value in the previous table, or in the first table, of the
    /// part two values before.
    private static func expected(_ value: Int, in parts: [UInt16], previous: SymbolFrequencies?) -> Int {
        if let previous { return bitLength(previous.parts[value]) }
        return value >= 2 ? bitLength(parts[value - 2]) : 0
    }
}
