/// Encodes byte symbols with static tables by range asymmetric numeral systems (rANS), with eight interleaved states.
///
/// See docs/formats/delta.md, "Entropy coding". Symbols are encoded last to first, so that they are decoded first to
/// last.
final class RansEncoder {
    /// The constants to encode a symbol; a multiplication by the reciprocal replaces the division by the frequency.
    private struct Step {
        var limit: UInt32
        var reciprocal: UInt32
        /// The bias in the low 16 bits, and the shift after the multiplication above them.
        var biasAndShift: UInt32
        var complement: UInt32
    }

    private let memory = ScratchBuffer()
    private let steps = UnsafeMutablePointer<Step>.allocate(capacity: 256 * (RansFormat.maximumTables + 1))

    deinit { steps.deallocate() }

    /// Encodes symbols and returns the bytes, valid until the next call.
    ///
    /// - Parameters:
    ///   - codes: for each symbol, its value in the low byte and its context above.
    ///   - tables: the table of each context in use.
    ///   - frequencies: the tables; each has a non-zero part for every symbol it encodes.
    @inline(__always)
    func encode<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafePointer<Code>, count: Int, tables: UnsafePointer<UInt8>, frequencies: [SymbolFrequencies]
    ) -> UnsafeRawBufferPointer {
        for (index, table) in frequencies.enumerated() { prepare(table, at: steps + 256 * index) }
        // A symbol adds at most 12 bits, so one 16-bit word each is enough.
        let capacity = 2 * count + RansFormat.stateBytes + 64
        let buffer = memory.reserve(capacity)
        guard let start = buffer.baseAddress else { return UnsafeRawBufferPointer(buffer) }
        var output = start + (capacity & ~1)
        let lower = RansFormat.lower
        var x = SIMD8<UInt32>(repeating: lower)
        var index = count
        while index & 7 != 0 {
            index -= 1
            x[index & 7] = step(x[index & 7], codes[index], tables, &output)
        }
        var (a, b, c, d, e, f, g, h) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
        while index > 0 {
            index -= 8
            let eight = codes + index
            h = step(h, eight[7], tables, &output)
            g = step(g, eight[6], tables, &output)
            f = step(f, eight[5], tables, &output)
            e = step(e, eight[4], tables, &output)
            d = step(d, eight[3], tables, &output)
            c = step(c, eight[2], tables, &output)
            b = step(b, eight[1], tables, &output)
            a = step(a, eight[0], tables, &output)
        }
        for state in [h, g, f, e, d, c, b, a] {
            output -= 4
            output.storeBytes(of: state.littleEndian, as: UInt32.self)
        }
        return UnsafeRawBufferPointer(start: output, count: start + (capacity & ~1) - output)
    }

    @inline(__always)
    private func step<Code: FixedWidthInteger & UnsignedInteger>(
        _ state: UInt32, _ code: Code, _ tables: UnsafePointer<UInt8>, _ output: inout UnsafeMutableRawPointer
    ) -> UInt32 {
        let step = steps[Int(tables[Int(truncatingIfNeeded: code &>> 8)]) &<< 8 | Int(truncatingIfNeeded: code & 0xFF)]
        // Store the word unconditionally and keep it only if the state would grow too large, which avoids a branch.
        (output - 2).storeBytes(of: UInt16(truncatingIfNeeded: state).littleEndian, as: UInt16.self)
        let spills = state >= step.limit
        output -= spills ? 2 : 0
        let x = spills ? state &>> 16 : state
        let product = UInt64(x) &* UInt64(step.reciprocal)
        let quotient = UInt32(truncatingIfNeeded: product &>> 32) &>> (step.biasAndShift &>> 16)
        return x &+ (step.biasAndShift & 0xFFFF) &+ quotient &* step.complement
    }

    private func prepare(_ table: SymbolFrequencies, at steps: UnsafeMutablePointer<Step>) {
        var start: UInt32 = 0
        for value in 0..<256 {
            let part = UInt32(table.parts[value])
            guard part > 0 else { continue }
            let total = UInt32(RansFormat.total)
            if part == 1 {
                // x * (2^32 - 1) >> 32 is x - 1; the bias compensates.
                steps[value] = Step(
                    limit: 1 << 19, reciprocal: .max, biasAndShift: start + total - 1, complement: total - 1)
            } else {
                let shift = UInt32(UInt32.bitWidth - (part - 1).leadingZeroBitCount)
                let reciprocal = (1 << UInt64(shift + 31) + UInt64(part) - 1) / UInt64(part)
                steps[value] = Step(
                    limit: part << 19, reciprocal: UInt32(reciprocal), biasAndShift: start | (shift - 1) << 16,
                    complement: total - part)
            }
            start += part
        }
    }
}
