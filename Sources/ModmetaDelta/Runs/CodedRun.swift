import ModmetaFormats

/// A section of the diff block or the extra block that one filter applies to.
struct CodedRun: Hashable {
    var length: Int
    var element: ElementKind
    /// The tensor parts of the run's words, in order; empty for a run of bytes.
    var parts: [RunPart]
}

/// The runs of a block in order: short neighbours of the same element are merged, long runs are split.
struct CodedRuns {
    /// The longest run of bytes: repetitions may be far apart, but a longer run would slow their search down.
    private static let maximumBytes = 4 << 20

    /// The row length for numbers without rows.
    private static let defaultRow = 1024

    private(set) var runs: [CodedRun] = []
    // The longest run of words, in bytes.
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// Appends bytes; a remainder shorter than a word becomes a run of bytes.
    ///
    /// - Parameter row: the numbers in a row, with blocks counting as one, if the bytes start at a row of a tensor.
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

    /// The longest run, in bytes; numbers of less than 16 bits take more memory than their bytes.
    private func longest(_ element: ElementKind) -> Int {
        if element == .byte { return CodedRuns.maximumBytes }
        return element.isWidened ? min(maximum, ChunkLimits.maximum / 2 / element.numbersPerWord) : maximum
    }
}

extension CodedRun {
    /// The same bytes as a run of another element; they must be whole words of it.
    func reinterpreted(as other: ElementKind) -> CodedRun {
        var run = CodedRun(length: length, element: other, parts: [])
        for part in parts {
            let words = part.words * element.width / element.numbersPerWord * other.numbersPerWord / other.width
            let row = part.row * element.width / element.numbersPerWord * other.numbersPerWord / other.width
            run.parts.append(RunPart(words: words, row: max(1, row)))
        }
        return run
    }
}
