import ModmetaFormats

extension ScaledCoder {
    /// Reads a run behind its length and makes the new bytes.
    ///
    /// - Parameters:
    ///   - base: the base under the run, as long as `output`.
    ///   - output: receives the new bytes; whole words of `element`.
    func decode(
        _ reader: inout PayloadReader, element: ElementKind, base: UnsafeRawBufferPointer, streams: StreamDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let offset = reader.offset
        let features = try reader.byte("the features of a run")
        guard features == 0 || features == Feature.decay && element == .float32 else {
            throw DeltaError(
                .unsupportedVersion,
                "feature set \(features) of a scaled run of element kind \(element.rawValue) is unknown; a newer modmeta may have written this payload",
                offset: offset)
        }
        let parts = try readParts(&reader, words: output.count / element.width)
        let decay = features & Feature.decay == 0 ? nil : try DecayReplay(parsing: &reader)
        let rows = UnsafeMutableRawBufferPointer.allocate(byteCount: parts.reduce(0) { $0 + $1.rows }, alignment: 8)
        defer { rows.deallocate() }
        let rowOffset = reader.offset
        try streams.decode(&reader, into: rows)
        guard decay != nil || !rows.contains(RowCodes.decayed) else {
            throw DeltaError(.malformed, "a row has code 1 in a run without decay", offset: rowOffset)
        }
        guard let reference = base.baseAddress, let target = output.baseAddress else { return }
        target.copyMemory(from: reference, byteCount: output.count)
        if let decay {
            for span in spans(parts, rows: rows, where: { $0 == RowCodes.decayed }) {
                decay.apply(reference + 4 * span.start, count: span.count, into: target + 4 * span.start)
            }
        }
        let spans = spans(parts, rows: rows) { $0 >= RowCodes.firstScale }
        let count = spans.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        let symbols = contexts.reserve(count).baseAddress!.bindMemory(to: UInt8.self, capacity: count)
        try decodeSymbols(&reader, element, spans: spans, base: reference, into: symbols, count: count)
        let extraLength = try reader.number("the length of the extra bits")
        let extraOffset = reader.offset
        let extra = try reader.take(extraLength, "the extra bits")
        let bits = extraBits.reserve(extraLength + 8)
        bits.copyMemory(from: extra)
        var bitReader = ExtraBitReader(bits.baseAddress!, byteCount: extraLength)
        if element.width == 2 {
            restore(UInt16.self, spans, base: reference, symbols, &bitReader, into: target)
        } else {
            restore(UInt32.self, spans, base: reference, symbols, &bitReader, into: target)
        }
        guard bitReader.isAtEnd else {
            throw DeltaError(.malformed, "the extra bits do not end where they should", offset: extraOffset)
        }
    }

    /// Words that follow each other and share a row code.
    private struct Span {
        var start: Int
        var count: Int
        /// Where the tables of the row's scale index for exponent 0 begin.
        var index: Int
    }

    private func readParts(_ reader: inout PayloadReader, words: Int) throws(DeltaError) -> [RunPart] {
        let offset = reader.offset
        let count = try reader.number("the number of parts of a run")
        guard count > 0, count <= words, count <= reader.remaining / 2 else {
            throw DeltaError(.malformed, "a run of \(words) words has \(count) parts", offset: offset)
        }
        var parts: [RunPart] = []
        var left = words
        for _ in 0..<count {
            let partOffset = reader.offset
            let part = RunPart(
                words: try reader.number("the words of a part"), row: try reader.number("the words of a row"))
            guard part.words > 0, part.words <= left, part.row > 0, part.row <= part.words else {
                throw DeltaError(
                    .malformed, "a part of \(part.words) words in rows of \(part.row) where \(left) words are due",
                    offset: partOffset)
            }
            left -= part.words
            parts.append(part)
        }
        guard left == 0 else {
            throw DeltaError(.malformed, "the parts of a run end \(left) words early", offset: offset)
        }
        return parts
    }

    private func spans(
        _ parts: [RunPart], rows: UnsafeMutableRawBufferPointer, where isMeant: (UInt8) -> Bool
    ) -> [Span] {
        var spans: [Span] = []
        var word = 0
        var row = 0
        for part in parts {
            let end = word + part.words
            while word < end {
                let length = min(part.row, end - word)
                if isMeant(rows[row]) {
                    let index = ScaleIndex.offset + Int(rows[row]) - Int(RowCodes.firstScale)
                    spans.append(Span(start: word, count: length, index: index))
                }
                word += length
                row += 1
            }
        }
        return spans
    }

    private func decodeSymbols(
        _ reader: inout PayloadReader, _ element: ElementKind, spans: [Span], base: UnsafeRawPointer,
        into symbols: UnsafeMutablePointer<UInt8>, count: Int
    ) throws(DeltaError) {
        let tableLength = try reader.number("the length of the tables")
        let tableOffset = reader.offset
        let classes = try ScaleClasses(
            parsing: try reader.take(tableLength, "the tables"), offset: tableOffset,
            largest: element.width == 2 ? StepSymbol.largest16 : StepSymbol.largest32)
        classes.fill(indexTable)
        if element.width == 2 {
            findTables(UInt16.self, spans, base, shift: element.exponentShift, into: symbols)
        } else {
            findTables(UInt32.self, spans, base, shift: element.exponentShift, into: symbols)
        }
        let codedLength = try reader.number("the length of the coded symbols")
        let codedOffset = reader.offset
        try decoder.decode(
            try reader.take(codedLength, "the coded symbols"), offset: codedOffset, contexts: symbols, count: count,
            frequencies: classes.frequencies)
    }

    @inline(__always)
    private func findTables<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ spans: [Span], _ base: UnsafeRawPointer, shift: Int,
        into contexts: UnsafeMutablePointer<UInt8>
    ) {
        let size = MemoryLayout<Word>.size
        var output = contexts
        for span in spans {
            let tables = UnsafePointer(indexTable) + span.index
            let words = base + span.start * size
            for index in 0..<span.count {
                let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
                output[index] = tables[-4 &* exponent]
            }
            output += span.count
        }
    }

    @inline(__always)
    private func restore<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ spans: [Span], base: UnsafeRawPointer, _ symbols: UnsafePointer<UInt8>,
        _ bits: inout ExtraBitReader, into output: UnsafeMutableRawPointer
    ) {
        let size = MemoryLayout<Word>.size
        var input = symbols
        for span in spans {
            let words = base + span.start * size
            let target = output + span.start * size
            // First as if all symbols were direct, which vectorises; then the others.
            for index in 0..<span.count {
                let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                let difference = OrderedWord.difference(Word(truncatingIfNeeded: input[index]))
                let new = OrderedWord.bits(OrderedWord.ordered(old) &+ difference)
                target.storeBytes(of: new, toByteOffset: index &* size, as: Word.self)
            }
            var index = 0
            while index < span.count {
                if index + 8 <= span.count {
                    let eight = UnsafeRawPointer(input + index).loadUnaligned(as: UInt64.self)
                    if eight & 0xE0E0_E0E0_E0E0_E0E0 == 0 {
                        index += 8
                        continue
                    }
                }
                let end = min(index + 8, span.count)
                while index < end {
                    let symbol = Int(input[index])
                    if symbol >= StepSymbol.direct {
                        let extra = bits.bits(StepSymbol.extraCount(symbol))
                        let zigzag = Word(truncatingIfNeeded: StepSymbol.smallest(symbol) &+ extra &<< 1)
                        let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                        let new = OrderedWord.bits(OrderedWord.ordered(old) &+ OrderedWord.difference(zigzag))
                        target.storeBytes(of: new, toByteOffset: index &* size, as: Word.self)
                    }
                    index &+= 1
                }
            }
            input += span.count
        }
    }
}
