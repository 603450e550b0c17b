import ModmetaFormats

extension ScaledCoder {
    /// Looks up the table of each coded word; with directions, records in `signs` which differences to negate.
    @inline(__always)
    func findTables<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ rows: [CodedRow], _ base: UnsafeRawPointer, _ shift: Int, _ directions: Directions?,
        into contexts: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let size = MemoryLayout<Word>.size
        var output = contexts
        guard let directions else {
            for row in rows {
                let tables = UnsafePointer(indexTable) + row.index
                let words = base + row.start * size
                for index in 0..<row.count {
                    let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                    let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
                    output[index] = tables[-4 &* exponent]
                }
                output += row.count
            }
            return
        }
        var negative = signs.reserve(count).baseAddress!.bindMemory(to: UInt8.self, capacity: count)
        Directions.bucketTable.withUnsafeBufferPointer { buckets in
            for row in rows {
                let (predicted, scales) = predict(row, directions)
                let tables = UnsafePointer(indexTable) + row.index
                let words = base + row.start * size
                for index in 0..<row.count {
                    let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                    let exponent = Int(truncatingIfNeeded: (old &<< 1) &>> Word(truncatingIfNeeded: shift + 1))
                    let prediction = predicted[index]
                    negative[index] = UInt8(truncatingIfNeeded: prediction &>> 31)
                    let size = min(
                        Int(truncatingIfNeeded: prediction.magnitude &>> UInt32(Directions.shift)), Directions.limit)
                    let scale = Int(scales[index]) &- Directions.neutralScale &- 4 &* exponent
                    output[index] = tables[Int(buckets[size]) &* ScaleIndex.count &+ scale]
                }
                output += row.count
                negative += row.count
            }
        }
    }

    /// Adds to the base the differences that symbols and extra bits encode.
    @inline(__always)
    func restore<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ rows: [CodedRow], base: UnsafeRawPointer, _ symbols: UnsafePointer<UInt8>,
        hasSigns: Bool, _ bits: inout ExtraBitReader, into output: UnsafeMutableRawPointer
    ) {
        let size = MemoryLayout<Word>.size
        var input = symbols
        let total = rows.reduce(0) { $0 + $1.count }
        var negative = signs.reserve(hasSigns ? total : 0).baseAddress!.assumingMemoryBound(to: Int8.self)
        for row in rows {
            let words = base + row.start * size
            let target = output + row.start * size
            // First treat all symbols as direct, which vectorises; then correct the others.
            if hasSigns {
                for index in 0..<row.count {
                    let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                    let sign = Word(truncatingIfNeeded: negative[index])
                    let difference = OrderedWord.difference(Word(truncatingIfNeeded: input[index]))
                    let new = OrderedWord.bits(OrderedWord.ordered(old) &+ ((difference ^ sign) &- sign))
                    target.storeBytes(of: new, toByteOffset: index &* size, as: Word.self)
                }
            } else {
                for index in 0..<row.count {
                    let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                    let difference = OrderedWord.difference(Word(truncatingIfNeeded: input[index]))
                    let new = OrderedWord.bits(OrderedWord.ordered(old) &+ difference)
                    target.storeBytes(of: new, toByteOffset: index &* size, as: Word.self)
                }
            }
            var index = 0
            while index < row.count {
                if index + 8 <= row.count {
                    let eight = UnsafeRawPointer(input + index).loadUnaligned(as: UInt64.self)
                    if eight & 0xE0E0_E0E0_E0E0_E0E0 == 0 {
                        index += 8
                        continue
                    }
                }
                let end = min(index + 8, row.count)
                while index < end {
                    let symbol = Int(input[index])
                    if symbol >= StepSymbol.direct {
                        let extra = bits.bits(StepSymbol.extraCount(symbol))
                        let zigzag = Word(truncatingIfNeeded: StepSymbol.smallest(symbol) &+ extra &<< 1)
                        let sign = hasSigns ? Word(truncatingIfNeeded: negative[index]) : 0
                        let difference = (OrderedWord.difference(zigzag) ^ sign) &- sign
                        let old = words.loadUnaligned(fromByteOffset: index &* size, as: Word.self)
                        let new = OrderedWord.bits(OrderedWord.ordered(old) &+ difference)
                        target.storeBytes(of: new, toByteOffset: index &* size, as: Word.self)
                    }
                    index &+= 1
                }
            }
            input += row.count
            if hasSigns { negative += row.count }
        }
    }
}
