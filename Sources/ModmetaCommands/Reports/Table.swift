internal import ModmetaFormats
internal import ModmetaGit

/// Columns of text, as wide as they need to be.
enum Table {
    /// Writes a table to standard output.
    ///
    /// - Parameter rightAligned: the indices of columns that hold numbers.
    static func print(header: [String], rows: [[String]], rightAligned: Set<Int>) {
        let rows = rows.map { $0.map { TerminalText.escaped($0) } }
        let widths = header.indices.map { column in
            ([header] + rows).reduce(0) { max($0, $1[column].count) }
        }
        for row in [header] + rows {
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return rightAligned.contains(column) ? padding + row[column] : row[column] + padding
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            Terminal.print(line)
        }
    }
}
