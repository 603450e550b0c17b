import ModmetaFormats

/// A stretch of the diff block or of the extra block that is filtered as one.
struct CodedRun: Hashable {
    var length: Int
    var element: ElementKind
}

/// The runs of a block in order; small neighbours of the same elements are merged, long ones are cut.
struct CodedRuns {
    private(set) var runs: [CodedRun] = []

    init() {}

    /// Appends bytes; a rest that is no whole word becomes a run of bytes.
    mutating func append(_ length: Int, element: ElementKind) {
        // Short runs of words adapt to the tensors they come from; bytes may repeat what is far away.
        let maximum = element.width > 1 ? 2 << 20 : 4 << 20
        let rest = length % element.width
        var whole = length - rest
        while whole > 0 {
            var part = min(whole, maximum)
            if let last = runs.last, last.element == element, last.length < maximum {
                part = min(whole, maximum - last.length)
                runs[runs.count - 1].length += part
            } else {
                runs.append(CodedRun(length: part, element: element))
            }
            whole -= part
        }
        if rest > 0 { append(rest, element: .byte) }
    }
}
