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

    /// The row of numbers that have none.
    private static let defaultRow = 1024

    private(set) var runs: [CodedRun] = []
    // The longest run of words, in bytes.
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// Appends bytes; a rest that is no whole word becomes a run of bytes.
    ///
    /// - Parameter row: the numbers of a row, blocks counting as one, if there are rows and one starts here.
    mutating func append(_ length: Int, element: ElementKind, row: Int? = nil) {
        let maximum = longest(element)
        let rest = length % element.width
        var whole = length - rest
        while whole > 0 {
            var part = min(whole, maximum / element.width * element.width)
            if let last = runs.last, last.element == element, last.length < maximum - maximum % element.width {
                part = min(whole, maximum / element.width * element.width - last.length)
                runs[runs.count - 1].length += part
            } else {
                runs.append(CodedRun(length: part, element: element, parts: []))
            }
            if element != .byte {
                let words = part / element.width * element.numbersPerWord
                let rowLength = min(max(row ?? CodedRuns.defaultRow, 1), words)
                runs[runs.count - 1].parts.append(RunPart(words: words, row: rowLength))
            }
            whole -= part
        }
        if rest > 0 { append(rest, element: .byte) }
    }

    /// The most bytes of a run; numbers of less than 16 bits take more memory than they have bytes.
    private func longest(_ element: ElementKind) -> Int {
        if element == .byte { return CodedRuns.maximumBytes }
        return element.isWidened ? min(maximum, ChunkLimits.maximum / 2 / element.numbersPerWord) : maximum
    }
}

extension CodedRun {
    /// The same bytes as a run of another element, of which they are whole words.
    func regarded(as other: ElementKind) -> CodedRun {
        var run = CodedRun(length: length, element: other, parts: [])
        for part in parts {
            let words = part.words * element.width / element.numbersPerWord * other.numbersPerWord / other.width
            let row = part.row * element.width / element.numbersPerWord * other.numbersPerWord / other.width
            run.parts.append(RunPart(words: words, row: max(1, row)))
        }
        return run
    }
}
