import ModmetaFormats

extension ScaledCoder {
    /// Appends a run behind its length, if that is estimated to take less than `limit` bytes.
    ///
    /// - Returns: whether the run was appended.
    func append(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, element: ElementKind, parts: [RunPart],
        limit: Int, streams: StreamEncoder, to output: inout [UInt8]
    ) throws(DeltaError) -> Bool {
        guard let source = new.baseAddress, let reference = base.baseAddress else { return false }
        let symbols =
            element.width == 2
            ? encode(UInt16.self, source, reference, element, parts)
            : encode(UInt32.self, source, reference, element, parts)
        let clustering = ScaleClasses.cluster(counts, lowest: symbols.lowest, cost: cost)
        guard Int(clustering.bits / 8) + symbols.extraLength + symbols.rows.count / 2 < limit else { return false }
        output.append(symbols.decay == nil ? 0 : Feature.decay)
        output.append(number: parts.count)
        for part in parts {
            output.append(number: part.words)
            output.append(number: part.row)
        }
        symbols.decay?.append(to: &output)
        try symbols.rows.span.bytes.withUnsafeBytes { rows throws(DeltaError) in
            try streams.append(rows, texture: .plane, to: &output)
        }
        guard symbols.count > 0 else { return true }
        append(clustering.classes.serialized(), to: &output)
        let words = codes.reserve(2 * symbols.count).baseAddress!.assumingMemoryBound(to: UInt16.self)
        let coded = clustering.tables.withUnsafeBufferPointer {
            encoder.encode(
                words, count: symbols.count, tables: $0.baseAddress!, frequencies: clustering.classes.frequencies)
        }
        append(coded, to: &output)
        append(UnsafeRawBufferPointer(rebasing: extraBits.reserve(symbols.extraLength)[...]), to: &output)
        return true
    }

    private func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(number: bytes.count)
        output.append(contentsOf: bytes)
    }

    /// Finds the scale of every row, and turns words into symbols, counted by class.
    @inline(__always)
    private func encode<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ element: ElementKind,
        _ parts: [RunPart]
    ) -> Symbols {
        let size = MemoryLayout<Word>.size
        let decay = element == .float32 ? DecaySearch.find(new, base: base, parts: parts) : nil
        let scales = rowScales(new, base, element, parts, decay)
        let least = scales.reduce(Int.max) { $1 < 0 ? $0 : min($0, $1) }
        var symbols = Symbols(rows: [], decay: decay, count: 0, lowest: 0, extraLength: 0)
        symbols.rows = scales.map { scale in
            switch scale {
            case ScaledCoder.unchanged: RowCodes.unchanged
            case ScaledCoder.decayed: RowCodes.decayed
            default: RowCodes.firstScale + UInt8(min(scale - least, RowCodes.range))
            }
        }
        guard least < Int.max else { return symbols }
        symbols.lowest = ScaleIndex.offset + ScaleIndex.lowest(element) - least
        for index in 0..<ScaleIndex.count {
            indexTable[index] = UInt8(max(0, min(ScaleIndex.classes - 1, index - symbols.lowest)))
        }
        counts.update(repeating: 0, count: 2 * 256 * ScaleIndex.classes)
        let total = parts.reduce(0) { $0 + $1.words }
        guard let codeMemory = codes.reserve(2 * total).baseAddress,
            let bits = extraBits.reserve(4 * total + 16).baseAddress
        else { return symbols }
        var writer = ExtraBitWriter(bits)
        var output = codeMemory.bindMemory(to: UInt16.self, capacity: total)
        var word = 0
        var row = 0
        for part in parts {
            let end = word + part.words
            while word < end {
                let length = min(part.row, end - word)
                let code = Int(symbols.rows[row])
                if code >= Int(RowCodes.firstScale) {
                    let classes = indexTable + (ScaleIndex.offset + code - Int(RowCodes.firstScale))
                    encodeRow(
                        Word.self, new + word * size, base + word * size, length, classes, element.exponentShift,
                        output,
                        &writer)
                    output += length
                    symbols.count += length
                }
                word += length
                row += 1
            }
        }
        for index in 0..<256 * ScaleIndex.classes { counts[index] &+= counts[256 * ScaleIndex.classes + index] }
        symbols.extraLength = writer.finish()
        return symbols
    }

    @inline(__always)
    private func encodeRow<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ count: Int,
        _ classes: UnsafePointer<UInt8>, _ shift: Int, _ output: UnsafeMutablePointer<UInt16>,
        _ writer: inout ExtraBitWriter
    ) {
        let size = MemoryLayout<Word>.size
        let counts = self.counts
        for index in 0..<count {
            let old = base.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
            let word = new.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
            let zigzag = OrderedWord.zigzag(OrderedWord.ordered(word) &- OrderedWord.ordered(old))
            let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
            var symbol = UInt8(truncatingIfNeeded: zigzag)
            if zigzag >= Word(StepSymbol.direct) {
                let large = StepSymbol.large(UInt32(truncatingIfNeeded: zigzag))
                symbol = large.symbol
                writer.append(large.extra, count: large.extraCount)
            }
            let code = UInt16(classes[-4 &* exponent]) &<< 8 | UInt16(symbol)
            output[index] = code
            counts[(index & 1) &* (256 * ScaleIndex.classes) &+ Int(code)] &+= 1
        }
    }

    private static let unchanged = -1
    private static let decayed = -2

    /// The scale of every row, or a negative number where it need not be coded word by word.
    private func rowScales(
        _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart],
        _ decay: DecayReplay?
    ) -> [Int] {
        var scales: [Int] = []
        scales.reserveCapacity(parts.reduce(0) { $0 + $1.rows })
        var start = 0
        for part in parts {
            var left = part.words
            while left > 0 {
                let length = min(part.row, left)
                let row = UnsafeRawBufferPointer(start: new + start, count: length * element.width)
                let under = UnsafeRawBufferPointer(start: base + start, count: length * element.width)
                if row.equals(under) {
                    scales.append(ScaledCoder.unchanged)
                } else if let decay, decay.reproduces(new + start, from: base + start, count: length) {
                    scales.append(ScaledCoder.decayed)
                } else {
                    scales.append(RowScale.scale(new + start, base: base + start, count: length, element: element))
                }
                start += length * element.width
                left -= length
            }
        }
        return scales
    }
}
