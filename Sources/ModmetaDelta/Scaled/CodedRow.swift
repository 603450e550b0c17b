/// A row coded word by word.
struct CodedRow {
    /// The first word, counted from the start of the run.
    var start: Int
    /// The words in the row.
    var count: Int
    /// The scale index of a word with exponent 0 and a neutral column.
    var index: Int
    /// The part the row belongs to.
    var part: Int
    /// The words in a full row of the part.
    var row: Int
    /// The index of the row's first factor, if its part has directions.
    var factors = 0
}

extension CodedRow {
    /// Returns the rows of a run that are coded word by word.
    static func rows(of parts: [RunPart], codes: [UInt8]) -> [CodedRow] {
        var rows: [CodedRow] = []
        forEach(of: parts, codes: codes) { row, code in
            if code >= RowCodes.firstScale { rows.append(row) }
        }
        return rows
    }

    /// Calls `body` with each row of a run and its code; `index` is meaningless for a row without a scale.
    static func forEach(of parts: [RunPart], codes: [UInt8], body: (CodedRow, UInt8) -> Void) {
        var word = 0
        var number = 0
        for (index, part) in parts.enumerated() {
            let end = word + part.words
            while word < end {
                let length = min(part.row, end - word)
                let code = codes[number]
                let scale = ScaleIndex.offset + Int(code) - Int(RowCodes.firstScale)
                body(CodedRow(start: word, count: length, index: scale, part: index, row: part.row), code)
                word += length
                number += 1
            }
        }
    }

    /// Counts the rows of each part.
    static func counts(_ rows: [CodedRow], parts: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: parts)
        for row in rows { counts[row.part] += 1 }
        return counts
    }

    /// Assigns each row the index of its factors.
    static func place(_ rows: inout [CodedRow], ranks: [Int]) {
        var next = 0
        for index in rows.indices {
            rows[index].factors = next
            next += ranks[rows[index].part]
        }
    }
}
