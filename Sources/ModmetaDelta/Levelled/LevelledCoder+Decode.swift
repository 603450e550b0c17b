import ModmetaFormats

extension LevelledCoder {
    /// Reads a run from after its length and restores its words.
    func decode(
        _ reader: inout PayloadReader, element: ElementKind, streams: StreamDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        guard element.isWidened else {
            return try decodeWords(&reader, element: element, streams: streams, into: output)
        }
        let words = widened.reserve(2 * output.count)
        try decodeWords(&reader, element: element, streams: streams, into: words)
        guard let start = words.baseAddress else { return }
        WordWidening.narrow(start.assumingMemoryBound(to: UInt16.self), element, into: output)
    }

    private func decodeWords(
        _ reader: inout PayloadReader, element: ElementKind, streams: StreamDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let count = output.count / element.codedWidth
        let parts = try RunPart.read(&reader, words: count)
        let least = try reader.number("the lowest level of a run")
        guard least < 1 << 10 else {
            throw DeltaError(
                .malformed, "the lowest level of a run is \(least), which is out of range", offset: reader.offset)
        }
        let rows = try streams.decode(&reader, count: parts.reduce(0) { $0 + $1.rows })
        let tableLength = try reader.number("the length of the table")
        let tableOffset = reader.offset
        var table = BitReader(try reader.slice(tableLength, "the table"), offset: tableOffset)
        let frequencies = try SymbolFrequencies(parsing: &table, after: nil)
        try table.finish()
        let codedLength = try reader.number("the length of the coded symbols")
        let codedOffset = reader.offset
        let coded = try reader.slice(codedLength, "the coded symbols")
        let escapeLength = try reader.number("the length of the escaped levels")
        let escapeOffset = reader.offset
        let escapes = try reader.slice(escapeLength, "the escaped levels")
        let lowLength = Level.lowLength(element, words: count)
        let low = try reader.slice(lowLength, "the low bits")
        guard let target = output.baseAddress else { return }
        let memory = symbols.reserve(count)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        let symbols = memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
        try decoder.decode(coded, offset: codedOffset, contexts: symbols, count: count, frequencies: [frequencies])
        let bits = lowBits.reserve(lowLength + 8)
        bits.copyMemory(from: low)
        let source = UnsafeRawPointer(bits.baseAddress!)
        let fault =
            element.codedWidth == 2
            ? restore(UInt16.self, parts, rows, least, element, symbols, source, escapes, into: target)
            : restore(UInt32.self, parts, rows, least, element, symbols, source, escapes, into: target)
        switch fault {
        case nil: return
        case .escapes:
            throw DeltaError(.malformed, "the escaped levels do not end where the symbols say", offset: escapeOffset)
        case .level:
            throw DeltaError(
                .malformed, "a level is not among the \(Level.count(element)) levels of the run's element",
                offset: codedOffset)
        }
    }

    /// What is wrong with the levels of a run.
    private enum Fault {
        /// There are more or fewer escaped levels than escape symbols.
        case escapes
        /// A level that no number has.
        case level
    }

    /// Assembles the words; returns what is wrong with their levels, or nil.
    @inline(__always)
    private func restore<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ parts: [RunPart], _ rows: [UInt8], _ least: Int, _ element: ElementKind,
        _ symbols: UnsafePointer<UInt8>, _ low: UnsafeRawPointer, _ escapes: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawPointer
    ) -> Fault? {
        let size = MemoryLayout<Word>.size
        let shift = Level.shift(element)
        let width = Level.lowWidth(element)
        let mask = UInt64(1) << UInt64(shift) - 1
        let levels = Level.count(element)
        var isOutside = false
        var escape = 0
        var word = 0
        var row = 0
        for part in parts {
            let end = word + part.words
            while word < end {
                let next = min(end, word + part.row)
                let reference = least + Int(rows[row]) - Level.middle
                while word < next {
                    let symbol = Int(symbols[word])
                    var level = symbol &+ reference
                    if symbol == Level.escape {
                        guard escape + 2 <= escapes.count else { return .escapes }
                        level = Int(escapes[escape]) | Int(escapes[escape + 1]) << 8
                        escape += 2
                    }
                    isOutside = isOutside || !(0..<levels).contains(level)
                    let position = word &* width
                    let bits =
                        UInt64(littleEndian: low.loadUnaligned(fromByteOffset: position &>> 3, as: UInt64.self))
                        &>> UInt64(truncatingIfNeeded: position & 7)
                    let sign = (bits &>> UInt64(shift)) & 1
                    let value =
                        UInt64(truncatingIfNeeded: level) &<< UInt64(shift) | bits & mask
                        | sign &<< UInt64(Word.bitWidth - 1)
                    output.storeBytes(
                        of: Word(truncatingIfNeeded: value), toByteOffset: word &* size, as: Word.self)
                    word &+= 1
                }
                row += 1
            }
        }
        if isOutside { return .level }
        return escape == escapes.count ? nil : .escapes
    }
}
