import ModmetaFormats

/// A stretch of the diff block or of the extra block that is filtered as one.
struct CodedRun: Hashable {
    var length: Int
    var element: ElementKind
    /// What the run's words belong to, in order; nothing for a run of bytes.
    var parts: [RunPart]
}

/// The runs of a block in order; small neighbours of the same elements are merged, long ones are cut.
struct CodedRuns {
    /// Bytes may repeat what is far away, but not so far that the search for it slows down.
    private static let maximumBytes = 4 << 20

    private(set) var runs: [CodedRun] = []
    // The longest run of words, in bytes.
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// Appends bytes; a rest that is no whole word becomes a run of bytes.
    ///
    /// - Parameter row: the words of a row, if there are rows and one starts here.
    mutating func append(_ length: Int, element: ElementKind, row: Int? = nil) {
        let maximum = element.width > 1 ? maximum : CodedRuns.maximumBytes
        let rest = length % element.width
        var whole = length - rest
        while whole > 0 {
            var part = min(whole, maximum)
            if let last = runs.last, last.element == element, last.length < maximum {
                part = min(whole, maximum - last.length)
                runs[runs.count - 1].length += part
            } else {
                runs.append(CodedRun(length: part, element: element, parts: []))
            }
            if element.width > 1 {
                let words = part / element.width
                let rowLength = row.map { min(max($0, 1), words) } ?? words
                runs[runs.count - 1].parts.append(RunPart(words: words, row: rowLength))
            }
            whole -= part
        }
        if rest > 0 { append(rest, element: .byte) }
    }
}
