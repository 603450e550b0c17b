import ModmetaFormats

/// A stretch of the diff block or of the extra block that is filtered as one.
struct CodedRun: Hashable {
    var length: Int
    var element: ElementKind
}

/// The runs of a block in order; small neighbours of the same elements are merged, long ones are cut.
struct CodedRuns {
    /// Runs are at most this long, so that their planes adapt to the tensors they come from and scratch stays small.
    static let maximumLength = 4 << 20

    private(set) var runs: [CodedRun] = []

    init() {}

    /// Appends bytes. A rest that is no whole word becomes a run of bytes.
    mutating func append(_ length: Int, element: ElementKind) {
        let rest = length % element.width
        var whole = length - rest
        while whole > 0 {
            var part = min(whole, CodedRuns.maximumLength)
            if let last = runs.last, last.element == element, last.length < CodedRuns.maximumLength {
                part = min(whole, CodedRuns.maximumLength - last.length)
                runs[runs.count - 1].length += part
            } else {
                runs.append(CodedRun(length: part, element: element))
            }
            whole -= part
        }
        if rest > 0 { append(rest, element: .byte) }
    }
}
