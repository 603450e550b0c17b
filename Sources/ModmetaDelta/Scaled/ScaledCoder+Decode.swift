import ModmetaFormats

extension ScaledCoder {
    /// Reads a run from after its length and restores the new bytes.
    ///
    /// - Parameters:
    ///   - base: the base of the run, as long as `output`.
    ///   - output: receives the new bytes; whole words of `element`.
    func decode(
        _ reader: inout PayloadReader, element: ElementKind, base: UnsafeRawBufferPointer, streams: StreamDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        guard element.isWidened else {
            return try decodeWords(&reader, element: element, base: base, streams: streams, into: output)
        }
        let words = widened.reserve(2 * output.count * element.numbersPerWord)
        let reference = widen(base, element, in: widenedBase)
        try decodeWords(
            &reader, element: element, base: UnsafeRawBufferPointer(reference), streams: streams, into: words)
        guard let start = words.baseAddress else { return }
        WordWidening.narrow(start.assumingMemoryBound(to: UInt16.self), element, into: output)
    }

    private func decodeWords(
        _ reader: inout PayloadReader, element: ElementKind, base: UnsafeRawBufferPointer, streams: StreamDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let offset = reader.offset
        let features = try reader.byte("the features of a run")
        let known = Feature.directions | (element == .float32 ? Feature.decay : 0)
        guard features & ~known == 0 else {
            throw DeltaError(
                .unsupportedVersion,
                "feature set \(features) of a scaled run of element kind \(element.rawValue) is unknown; "
                    + "a newer modmeta may have written this payload",
                offset: offset)
        }
        let parts = try RunPart.read(&reader, words: output.count / element.codedWidth)
        let decay = features & Feature.decay == 0 ? nil : try DecayReplay(parsing: &reader)
        let rowOffset = reader.offset
        let codes = try streams.decode(&reader, count: parts.reduce(0) { $0 + $1.rows })
        guard decay != nil || !codes.contains(RowCodes.decayed) else {
            throw DeltaError(.malformed, "a row has code 1 in a run without decay", offset: rowOffset)
        }
        guard let reference = base.baseAddress, let target = output.baseAddress else { return }
        target.copyMemory(from: reference, byteCount: output.count)
        if let decay {
            CodedRow.forEach(of: parts, codes: codes) { row, code in
                guard code == RowCodes.decayed else { return }
                decay.apply(reference + 4 * row.start, count: row.count, into: target + 4 * row.start)
            }
        }
        var rows = CodedRow.rows(of: parts, codes: codes)
        var directions: Directions?
        if features & Feature.directions != 0 {
            let found = try Directions(
                parsing: &reader, parts: parts, codedRows: CodedRow.counts(rows, parts: parts.count), streams: streams)
            CodedRow.place(&rows, ranks: found.ranks)
            directions = found
        }
        let count = rows.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        let symbols = contexts.reserve(count).baseAddress!.bindMemory(to: UInt8.self, capacity: count)
        try decodeSymbols(&reader, element, rows, directions, base: reference, into: symbols, count: count)
        let extraLength = try reader.number("the length of the extra bits")
        let extraOffset = reader.offset
        let extra = try reader.slice(extraLength, "the extra bits")
        let bits = extraBits.reserve(extraLength + 8)
        bits.copyMemory(from: extra)
        var bitReader = ExtraBitReader(bits.baseAddress!, byteCount: extraLength)
        if element.codedWidth == 2 {
            restore(UInt16.self, rows, base: reference, symbols, hasSigns: directions != nil, &bitReader, into: target)
        } else {
            restore(UInt32.self, rows, base: reference, symbols, hasSigns: directions != nil, &bitReader, into: target)
        }
        guard bitReader.isAtEnd else {
            throw DeltaError(.malformed, "the extra bits do not end where they should", offset: extraOffset)
        }
    }

    private func decodeSymbols(
        _ reader: inout PayloadReader, _ element: ElementKind, _ rows: [CodedRow], _ directions: Directions?,
        base: UnsafeRawPointer, into symbols: UnsafeMutablePointer<UInt8>, count: Int
    ) throws(DeltaError) {
        let tableLength = try reader.number("the length of the tables")
        let tableOffset = reader.offset
        let classes = try ScaleClasses(
            parsing: try reader.slice(tableLength, "the tables"), offset: tableOffset,
            buckets: directions == nil ? 1 : Directions.buckets,
            largest: element.codedWidth == 2 ? StepSymbol.largest16 : StepSymbol.largest32)
        classes.fill(indexTable)
        if element.codedWidth == 2 {
            findTables(UInt16.self, rows, base, element.exponentShift, directions, into: symbols, count: count)
        } else {
            findTables(UInt32.self, rows, base, element.exponentShift, directions, into: symbols, count: count)
        }
        let codedLength = try reader.number("the length of the coded symbols")
        let codedOffset = reader.offset
        try decoder.decode(
            try reader.slice(codedLength, "the coded symbols"), offset: codedOffset, contexts: symbols, count: count,
            frequencies: classes.frequencies)
    }
}
