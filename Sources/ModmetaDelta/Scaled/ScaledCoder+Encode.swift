import ModmetaFormats

extension ScaledCoder {
    /// Appends a run after its length, if its estimate is below `limit` bytes.
    ///
    /// - Returns: whether the run was appended.
    func append(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, element: ElementKind, parts: [RunPart],
        limit: Int, allowsDirections: Bool = true, streams: StreamEncoder, to output: inout [UInt8]
    ) throws(DeltaError) -> Bool {
        var (new, base) = (new, base)
        if element.isWidened {
            new = UnsafeRawBufferPointer(widen(new, element, in: widened))
            base = UnsafeRawBufferPointer(widen(base, element, in: widenedBase))
        }
        guard let source = new.baseAddress, let reference = base.baseAddress else { return false }
        let plan = RowPlan(
            source, base: reference, element: element, parts: parts, allowsDirections: allowsDirections)
        let symbols =
            element.codedWidth == 2
            ? encode(UInt16.self, source, reference, element, plan)
            : encode(UInt32.self, source, reference, element, plan)
        let hasDirections = plan.directions != nil
        let clustering = ScaleClasses.cluster(
            countTable(buckets: hasDirections ? Directions.buckets : 1),
            buckets: hasDirections ? Directions.buckets : 1, lowest: symbols.lowest, cost: cost)
        let sideLength = plan.codes.count / 2 + (plan.directions?.factors.count ?? 0)
        guard Int(clustering.bits / 8) + symbols.extraLength + sideLength < limit else { return false }
        output.append((plan.decay == nil ? 0 : Feature.decay) | (hasDirections ? Feature.directions : 0))
        output.append(number: parts.count)
        for part in parts {
            output.append(number: part.words)
            output.append(number: part.row)
        }
        plan.decay?.append(to: &output)
        try plan.codes.span.bytes.withUnsafeBytes { rows throws(DeltaError) in
            try streams.append(rows, texture: .plane, to: &output)
        }
        try plan.directions?.append(to: &output, streams: streams)
        guard symbols.count > 0 else { return true }
        append(clustering.classes.serialized(), to: &output)
        append(coded(symbols.count, clustering, isWide: hasDirections), to: &output)
        append(UnsafeRawBufferPointer(rebasing: extraBits.reserve(symbols.extraLength)[...]), to: &output)
        return true
    }

    /// Returns the widened words of narrow numbers, in reused memory.
    func widen(
        _ bytes: UnsafeRawBufferPointer, _ element: ElementKind, in memory: ScratchBuffer
    ) -> UnsafeMutableRawBufferPointer {
        let count = bytes.count * element.numbersPerWord
        let words = memory.reserve(2 * count)
        if let start = words.baseAddress {
            WordWidening.widen(bytes, element, into: start.bindMemory(to: UInt16.self, capacity: count))
        }
        return words
    }

    private func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(number: bytes.count)
        output.append(contentsOf: bytes)
    }

    private func coded(_ count: Int, _ clustering: ScaleClasses.Clustering, isWide: Bool) -> UnsafeRawBufferPointer {
        let memory = codes.reserve((isWide ? 4 : 2) * count).baseAddress!
        let frequencies = clustering.classes.frequencies
        return clustering.tables.withUnsafeBufferPointer {
            isWide
                ? encoder.encode(
                    memory.assumingMemoryBound(to: UInt32.self), count: count, tables: $0.baseAddress!,
                    frequencies: frequencies)
                : encoder.encode(
                    memory.assumingMemoryBound(to: UInt16.self), count: count, tables: $0.baseAddress!,
                    frequencies: frequencies)
        }
    }

    /// Memory for the counts of all classes; without directions, for two sets of them.
    ///
    /// Equal neighbours would stall on one set; the second is added to the first at the end.
    private func countTable(buckets: Int) -> UnsafeMutablePointer<UInt32> {
        let count = 256 * ScaleIndex.classes * max(2, buckets)
        return counts.reserve(4 * count).baseAddress!.bindMemory(to: UInt32.self, capacity: count)
    }

    /// Turns words into symbols and counts them by class.
    @inline(__always)
    private func encode<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ element: ElementKind, _ plan: RowPlan
    ) -> Symbols {
        let size = MemoryLayout<Word>.size
        var symbols = Symbols(count: 0, lowest: 0, extraLength: 0)
        symbols.lowest = ScaleIndex.offset + ScaleIndex.lowest(element) - plan.leastScale
        for index in 0..<ScaleIndex.count {
            indexTable[index] = UInt8(max(0, min(ScaleIndex.classes - 1, index - symbols.lowest)))
        }
        let counts = countTable(buckets: plan.directions == nil ? 1 : Directions.buckets)
        let sets = plan.directions == nil ? 2 : Directions.buckets
        counts.update(repeating: 0, count: sets * 256 * ScaleIndex.classes)
        let total = plan.codedWords
        guard let codeMemory = codes.reserve((plan.directions == nil ? 2 : 4) * total).baseAddress,
            let bits = extraBits.reserve(4 * total + 16).baseAddress
        else { return symbols }
        var writer = ExtraBitWriter(bits)
        if let directions = plan.directions {
            let output = codeMemory.bindMemory(to: UInt32.self, capacity: total)
            for row in plan.codedRows {
                encodeRow(
                    Word.self, new + row.start * size, base + row.start * size, row, indexTable + row.index,
                    element.exponentShift, directions, counts, output + symbols.count, &writer)
                symbols.count += row.count
            }
        } else {
            let output = codeMemory.bindMemory(to: UInt16.self, capacity: total)
            for row in plan.codedRows {
                encodeRow(
                    Word.self, new + row.start * size, base + row.start * size, row.count, indexTable + row.index,
                    element.exponentShift, counts, output + symbols.count, &writer)
                symbols.count += row.count
            }
            for index in 0..<256 * ScaleIndex.classes { counts[index] &+= counts[256 * ScaleIndex.classes + index] }
        }
        symbols.extraLength = writer.finish()
        return symbols
    }

    @inline(__always)
    private func encodeRow<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ count: Int,
        _ classes: UnsafePointer<UInt8>, _ shift: Int, _ counts: UnsafeMutablePointer<UInt32>,
        _ output: UnsafeMutablePointer<UInt16>, _ writer: inout ExtraBitWriter
    ) {
        let size = MemoryLayout<Word>.size
        for index in 0..<count {
            let old = base.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
            let word = new.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
            let symbol = symbol(OrderedWord.ordered(word) &- OrderedWord.ordered(old), &writer)
            let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
            let code = UInt16(classes[-4 &* exponent]) &<< 8 | UInt16(symbol)
            output[index] = code
            counts[(index & 1) &* (256 * ScaleIndex.classes) &+ Int(code)] &+= 1
        }
    }

    /// As above, with predictions, which select a bucket and flip differences to the predicted sign.
    @inline(__always)
    private func encodeRow<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ row: CodedRow,
        _ classes: UnsafePointer<UInt8>, _ shift: Int, _ directions: Directions,
        _ counts: UnsafeMutablePointer<UInt32>, _ output: UnsafeMutablePointer<UInt32>, _ writer: inout ExtraBitWriter
    ) {
        let size = MemoryLayout<Word>.size
        let (predicted, scales) = predict(row, directions)
        Directions.bucketTable.withUnsafeBufferPointer { buckets in
            for index in 0..<row.count {
                let old = base.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                let word = new.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                let prediction = predicted[index]
                let sign = Word(truncatingIfNeeded: prediction &>> 31)
                let difference = OrderedWord.ordered(word) &- OrderedWord.ordered(old)
                let symbol = symbol((difference ^ sign) &- sign, &writer)
                let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
                let size = min(
                    Int(truncatingIfNeeded: prediction.magnitude &>> UInt32(Directions.shift)), Directions.limit)
                let scale = Int(scales[index]) &- Directions.neutralScale
                let code =
                    UInt32(buckets[size]) &* UInt32(256 * ScaleIndex.classes)
                    &+ (UInt32(classes[scale &- 4 &* exponent]) &<< 8 | UInt32(symbol))
                output[index] = code
                counts[Int(code)] &+= 1
            }
        }
    }

    @inline(__always)
    private func symbol<Word: FixedWidthInteger & UnsignedInteger>(
        _ difference: Word, _ writer: inout ExtraBitWriter
    ) -> UInt8 {
        let zigzag = OrderedWord.zigzag(difference)
        guard zigzag >= Word(StepSymbol.direct) else { return UInt8(truncatingIfNeeded: zigzag) }
        let large = StepSymbol.large(UInt32(truncatingIfNeeded: zigzag))
        writer.append(large.extra, count: large.extraCount)
        return large.symbol
    }
}
