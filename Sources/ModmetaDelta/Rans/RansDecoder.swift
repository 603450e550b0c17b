/// Decodes symbols that `RansEncoder` encoded.
final class RansDecoder {
    // For each table and each value of a state's low bits: the symbol (8 bits), its frequency minus one (12 bits), and
    // the distance from the symbol's start (12 bits).
    private var slots = UnsafeMutablePointer<UInt32>.allocate(capacity: RansFormat.total)
    private var capacity = 1

    deinit { slots.deallocate() }

    /// Decodes symbols.
    ///
    /// - Parameters:
    ///   - coded: untrusted bytes: the states, then the words; all must be consumed.
    ///   - offset: their byte offset in the payload.
    ///   - contexts: the table of each symbol; replaced by the symbol.
    ///   - frequencies: the tables, one for each context.
    /// - Throws: `malformed` if the bytes end early or late, or the states do not return to their start value.
    func decode(
        _ coded: UnsafeRawBufferPointer, offset: Int, contexts: UnsafeMutablePointer<UInt8>, count: Int,
        frequencies: [SymbolFrequencies]
    ) throws(DeltaError) {
        guard coded.count >= RansFormat.stateBytes, coded.count & 1 == 0, let start = coded.baseAddress else {
            throw DeltaError(.malformed, "\(coded.count) bytes of coded symbols cannot hold the states", offset: offset)
        }
        prepare(frequencies)
        var x = SIMD8<UInt32>()
        for index in 0..<8 {
            x[index] = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        }
        var input = start + RansFormat.stateBytes
        let end = start + coded.count
        var (a, b, c, d, e, f, g, h) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
        var index = 0
        let slots = UnsafePointer(self.slots)
        // Eight symbols consume at most eight words.
        while index + 8 <= count, end - input >= 16 {
            let eight = contexts + index
            a = RansDecoder.step(a, slots, eight, &input)
            b = RansDecoder.step(b, slots, eight + 1, &input)
            c = RansDecoder.step(c, slots, eight + 2, &input)
            d = RansDecoder.step(d, slots, eight + 3, &input)
            e = RansDecoder.step(e, slots, eight + 4, &input)
            f = RansDecoder.step(f, slots, eight + 5, &input)
            g = RansDecoder.step(g, slots, eight + 6, &input)
            h = RansDecoder.step(h, slots, eight + 7, &input)
            index += 8
        }
        x = SIMD8(a, b, c, d, e, f, g, h)
        while index < count {
            let entry = slots[Int(contexts[index]) << RansFormat.bits | Int(x[index & 7]) & (RansFormat.total - 1)]
            var state = RansDecoder.advance(x[index & 7], entry)
            if state < RansFormat.lower, end - input >= 2 {
                state = state << 16 | UInt32(UInt16(littleEndian: input.loadUnaligned(as: UInt16.self)))
                input += 2
            }
            x[index & 7] = state
            contexts[index] = UInt8(truncatingIfNeeded: entry)
            index += 1
        }
        guard input == end, x == SIMD8(repeating: RansFormat.lower) else {
            throw DeltaError(
                .malformed, "the coded symbols do not end where they should", offset: offset + (input - start))
        }
    }

    @inline(__always)
    private static func advance(_ state: UInt32, _ entry: UInt32) -> UInt32 {
        ((entry &>> 8 & 0xFFF) &+ 1) &* (state &>> UInt32(RansFormat.bits)) &+ entry &>> 20
    }

    @inline(__always)
    private static func step(
        _ state: UInt32, _ slots: UnsafePointer<UInt32>, _ context: UnsafeMutablePointer<UInt8>,
        _ input: inout UnsafeRawPointer
    ) -> UInt32 {
        let slot = Int(state) & (RansFormat.total - 1)
        let entry = slots[Int(context.pointee) &<< RansFormat.bits | slot]
        context.pointee = UInt8(truncatingIfNeeded: entry)
        let x = advance(state, entry)
        // Load the next word unconditionally and use it only if the state is low, which avoids a branch.
        let word = UInt32(UInt16(littleEndian: input.loadUnaligned(as: UInt16.self)))
        let isLow = x < RansFormat.lower
        input += isLow ? 2 : 0
        return isLow ? x &<< 16 | word : x
    }

    private func prepare(_ frequencies: [SymbolFrequencies]) {
        if frequencies.count > capacity {
            slots.deallocate()
            slots = .allocate(capacity: frequencies.count << RansFormat.bits)
            capacity = frequencies.count
        }
        var slot = slots
        for table in frequencies {
            for (symbol, part) in table.parts.enumerated() where part > 0 {
                let entry = UInt32(symbol) | UInt32(part - 1) << 8
                for distance in 0..<UInt32(part) {
                    slot.pointee = entry | distance << 20
                    slot += 1
                }
            }
        }
    }
}
