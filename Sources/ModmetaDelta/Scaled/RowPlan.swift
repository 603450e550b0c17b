import ModmetaFormats

/// A writer's choices for the rows of a run.
struct RowPlan {
    private static let unchanged = -1
    private static let decayed = -2

    /// The code of each row.
    private(set) var codes: [UInt8] = []
    /// The rows coded word by word.
    private(set) var codedRows: [CodedRow] = []
    /// The number of words in those rows.
    private(set) var codedWords = 0
    /// The scale of code `RowCodes.firstScale`.
    private(set) var leastScale = 0
    /// The weight decay of rows with code 1.
    private(set) var decay: DecayReplay?
    /// The directions, if they pay off.
    private(set) var directions: Directions?

    /// Plans the rows of a run.
    init(
        _ new: UnsafeRawPointer, base: UnsafeRawPointer, element: ElementKind, parts: [RunPart],
        allowsDirections: Bool = true
    ) {
        decay = element == .float32 ? DecaySearch.find(new, base: base, parts: parts) : nil
        let scales = scales(new, base, element, parts)
        leastScale = ScaleWindow.lowest(scales, length: RowCodes.range + 1)
        codes = scales.map { scale in
            switch scale {
            case RowPlan.unchanged: RowCodes.unchanged
            case RowPlan.decayed: RowCodes.decayed
            default: RowCodes.firstScale + UInt8(max(0, min(scale - leastScale, RowCodes.range)))
            }
        }
        codedRows = CodedRow.rows(of: parts, codes: codes)
        codedWords = codedRows.reduce(0) { $0 + $1.count }
        if allowsDirections { findDirections(new, base, element, parts) }
    }

    /// The scale of each row, or a negative number for a row not coded word by word.
    private func scales(
        _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart]
    ) -> [Int] {
        var scales: [Int] = []
        scales.reserveCapacity(parts.reduce(0) { $0 + $1.rows })
        var start = 0
        for part in parts {
            var left = part.words
            while left > 0 {
                let length = min(part.row, left)
                let row = UnsafeRawBufferPointer(start: new + start, count: length * element.codedWidth)
                let under = UnsafeRawBufferPointer(start: base + start, count: length * element.codedWidth)
                if row.equals(under) {
                    scales.append(RowPlan.unchanged)
                } else if let decay, decay.reproduces(new + start, from: base + start, count: length) {
                    scales.append(RowPlan.decayed)
                } else {
                    scales.append(RowScale.scale(new + start, base: base + start, count: length, element: element))
                }
                start += length * element.codedWidth
                left -= length
            }
        }
        return scales
    }

    private mutating func findDirections(
        _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ element: ElementKind, _ parts: [RunPart]
    ) {
        var places = [[(offset: Int, scale: Int)]](repeating: [], count: parts.count)
        for row in codedRows where row.count == row.row {
            places[row.part].append((row.start * element.codedWidth, leastScale + row.index - ScaleIndex.offset))
        }
        var searches: [DirectionSearch] = []
        for (index, part) in parts.enumerated() {
            searches.append(
                DirectionSearch(
                    new, base: base, element: element, row: part.row,
                    rows: part.words / Directions.minimumRows >= part.row ? places[index] : []))
        }
        let ranks = searches.map(\.directions.count)
        guard ranks.contains(where: { $0 > 0 }) else { return }
        var found = Directions(
            ranks: ranks, parts: parts, codedRows: CodedRow.counts(codedRows, parts: parts.count))
        for (index, search) in searches.enumerated() where ranks[index] > 0 {
            let columns = [search.columnScales] + search.directions.map { $0.map { UInt8(bitPattern: Int8($0)) } }
            let start = found.columnStarts[index]
            found.columns.replaceSubrange(start..<start + columns.count * search.row, with: columns.joined())
        }
        CodedRow.place(&codedRows, ranks: ranks)
        let longest = parts.reduce(0) { max($0, min($1.row, Directions.maximumRow)) }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: longest) { memory in
            for row in codedRows where ranks[row.part] > 0 && row.count == row.row {
                let place = (row.start * element.codedWidth, leastScale + row.index - ScaleIndex.offset)
                let factors = searches[row.part].factors(new, base: base, at: place, memory: memory.baseAddress!)
                for (index, factor) in factors.enumerated() { found.factors[row.factors + index] = factor }
            }
        }
        directions = found
    }
}
