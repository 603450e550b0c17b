import ModmetaFormats

extension LevelledCoder {
    /// The symbols of a run's words.
    private struct Symbols {
        /// The level of row code 0.
        var least: Int
        var rows: [UInt8]
        var escapes: [UInt8] = []
        var lowLength = 0
    }

    /// Estimates the bytes of a run.
    func estimate(_ words: UnsafeRawBufferPointer, element: ElementKind, parts: [RunPart]) -> Int {
        let words = widen(words, element)
        guard let source = words.baseAddress else { return 0 }
        let symbols = makeSymbols(source, element, parts)
        let counts = counts(words.count / element.codedWidth)
        let bits = counts.withUnsafeBufferPointer { cost.bits($0.baseAddress!, limit: 256) }
        return Int(bits / 8) + symbols.escapes.count + symbols.lowLength + symbols.rows.count + 64
    }

    /// Appends a run after its length.
    func append(
        _ words: UnsafeRawBufferPointer, element: ElementKind, parts given: [RunPart], streams: StreamEncoder,
        to output: inout [UInt8]
    ) throws(DeltaError) {
        let words = widen(words, element)
        guard let source = words.baseAddress else { return }
        let parts = given.map { RunPart(words: $0.words, row: min($0.row, Level.longestRow)) }
        let symbols = makeSymbols(source, element, parts)
        let count = words.count / element.codedWidth
        output.append(number: parts.count)
        for part in parts {
            output.append(number: part.words)
            output.append(number: part.row)
        }
        output.append(number: symbols.least)
        try symbols.rows.span.bytes.withUnsafeBytes { rows throws(DeltaError) in
            try streams.append(rows, texture: .plane, to: &output)
        }
        let frequencies = counts(count).withUnsafeBufferPointer { SymbolFrequencies(counts: $0.baseAddress!) }
        var table = BitWriter()
        frequencies.append(to: &table, after: nil)
        append(table.finish(), to: &output)
        let codes = codes.reserve(2 * count).baseAddress!.assumingMemoryBound(to: UInt16.self)
        let coded = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { tables in
            tables.initialize(repeating: 0)
            return encoder.encode(codes, count: count, tables: tables.baseAddress!, frequencies: [frequencies])
        }
        append(coded, to: &output)
        append(symbols.escapes, to: &output)
        output.append(contentsOf: UnsafeRawBufferPointer(lowBits.reserve(symbols.lowLength)))
    }

    /// Returns the words to code.
    private func widen(_ bytes: UnsafeRawBufferPointer, _ element: ElementKind) -> UnsafeRawBufferPointer {
        guard element.isWidened else { return bytes }
        let memory = widened.reserve(2 * bytes.count)
        if let start = memory.baseAddress {
            WordWidening.widen(bytes, element, into: start.bindMemory(to: UInt16.self, capacity: bytes.count))
        }
        return UnsafeRawBufferPointer(memory)
    }

    private func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(number: bytes.count)
        output.append(contentsOf: bytes)
    }

    private func counts(_ count: Int) -> [UInt32] {
        let codes = codes.reserve(2 * count).baseAddress!.assumingMemoryBound(to: UInt16.self)
        var tables = [UInt32](repeating: 0, count: 4 * 256)
        tables.withUnsafeMutableBufferPointer { tables in
            let counts = tables.baseAddress!
            // Four tables in turn, because equal neighbours would stall on one.
            for index in 0..<count { counts[(index & 3) &* 256 &+ Int(codes[index])] &+= 1 }
            for value in 0..<256 {
                counts[value] &+= counts[256 + value] &+ counts[512 + value] &+ counts[768 + value]
            }
        }
        return Array(tables.prefix(256))
    }

    private func makeSymbols(_ words: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart]) -> Symbols {
        element.codedWidth == 2
            ? makeSymbols(UInt16.self, words, element, parts) : makeSymbols(UInt32.self, words, element, parts)
    }

    /// Writes the symbols of all words to `codes` and their low bits to `lowBits`.
    @inline(__always)
    private func makeSymbols<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ words: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart]
    ) -> Symbols {
        let size = MemoryLayout<Word>.size
        let total = parts.reduce(0) { $0 + $1.words }
        let output = codes.reserve(2 * total).baseAddress!.bindMemory(to: UInt16.self, capacity: total)
        let low = lowBits.reserve(Level.lowLength(element, words: total) + 8)
        let references = references(words, element, parts)
        let least = ScaleWindow.lowest(references, length: 256)
        var symbols = Symbols(least: least, rows: references.map { UInt8(max(0, min($0 - least, 255))) })
        var writer = ExtraBitWriter(low.baseAddress!)
        let shift = Level.shift(element)
        let width = Level.lowWidth(element)
        let mask = UInt64(1) << UInt64(shift) - 1
        var word = 0
        var row = 0
        for part in parts {
            let end = word + part.words
            while word < end {
                let next = min(end, word + part.row)
                let reference = least + Int(symbols.rows[row]) - Level.middle
                while word < next {
                    // Four 16-bit words or two 32-bit words share one write.
                    let last = min(next, word + (size == 2 ? 4 : 2))
                    var bits: UInt64 = 0
                    var bitCount: UInt64 = 0
                    while word < last {
                        let value = UInt64(words.loadUnaligned(fromByteOffset: word &* size, as: Word.self))
                        let sign = value &>> UInt64(Word.bitWidth - 1)
                        bits |= (value & mask | sign &<< UInt64(shift)) &<< bitCount
                        bitCount &+= UInt64(width)
                        let level =
                            Int(truncatingIfNeeded: value &>> UInt64(shift))
                            & (1 &<< (Word.bitWidth &- 1 &- shift) &- 1)
                        var symbol = level &- reference
                        if symbol < 0 || symbol >= Level.escape {
                            symbol = Level.escape
                            symbols.escapes.append(UInt8(truncatingIfNeeded: level))
                            symbols.escapes.append(UInt8(truncatingIfNeeded: level >> 8))
                        }
                        output[word] = UInt16(truncatingIfNeeded: symbol)
                        word &+= 1
                    }
                    writer.append(bits, count: bitCount)
                }
                row += 1
            }
        }
        symbols.lowLength = writer.finish()
        return symbols
    }

    /// The level of the mean magnitude of each row.
    private func references(_ words: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart]) -> [Int] {
        let longest = parts.reduce(0) { max($0, $1.row) }
        return withUnsafeTemporaryAllocation(byteCount: longest * element.codedWidth, alignment: 8) { zeros in
            zeros.initializeMemory(as: UInt8.self, repeating: 0)
            var references: [Int] = []
            var start = 0
            for part in parts {
                var left = part.words
                while left > 0 {
                    let count = min(part.row, left)
                    let scale = RowScale.scale(
                        words + start, base: UnsafeRawPointer(zeros.baseAddress!), count: count, element: element)
                    references.append(max(0, scale - Level.excess(element)))
                    start += count * element.codedWidth
                    left -= count
                }
            }
            return references
        }
    }
}
