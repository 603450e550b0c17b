import ModmetaFormats

/// The control triples and the runs of both blocks of a delta, before compression.
struct DeltaPlan {
    /// The longest run of extra bytes; without a base, the coders of numbers adapt to the data of each run.
    static let longestExtraRun = 2 << 20

    private(set) var control = BsdiffControl()
    private(set) var diffRuns = CodedRuns(maximum: ChunkLimits.maximum)
    private(set) var extraRuns = CodedRuns(maximum: longestExtraRun)

    /// Puts everything into the extra block: a chunk without a base.
    init(full pieces: [CodedPiece]) {
        for piece in pieces { appendExtra(piece.length, element: piece.element, row: piece.rowLength) }
    }

    /// Compares every piece with its base.
    init(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, pieces: [CodedPiece], matcher: SuffixMatcher
    ) throws(DeltaError) {
        self.init(full: [])
        var start = 0
        for piece in pieces {
            let bytes = UnsafeRawBufferPointer(rebasing: new[start..<start + piece.length])
            try append(piece, bytes, base: base, matcher: matcher)
            start += piece.length
        }
        if control.triples.count > BsdiffControl.maximumTriples { self = DeltaPlan(full: pieces) }
    }

    private mutating func append(
        _ piece: CodedPiece, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, matcher: SuffixMatcher
    ) throws(DeltaError) {
        guard let range = piece.base, !range.isEmpty else {
            return appendExtra(piece.length, element: piece.element, row: piece.rowLength)
        }
        if range.count == piece.length {
            return appendDiff(piece.length, base: range.lowerBound, element: piece.element, row: piece.rowLength)
        }
        let old = UnsafeRawBufferPointer(rebasing: base[range])
        let shorter = min(new.count, old.count)
        if DeltaPlan.isAligned(new, old, element: piece.element) {
            // The tensor gained or lost rows.
            let whole = shorter - shorter % piece.element.width
            appendDiff(whole, base: range.lowerBound, element: piece.element, row: piece.rowLength)
            return appendExtra(piece.length - whole, element: piece.element, row: piece.rowLength)
        }
        let head = DeltaPlan.commonPrefix(new, old, limit: shorter)
        let tail = DeltaPlan.commonSuffix(new, old, limit: shorter - head)
        appendDiff(head, base: range.lowerBound, element: .byte)
        var done = head
        let middle = UnsafeRawBufferPointer(rebasing: new[head..<new.count - tail])
        let oldMiddle = UnsafeRawBufferPointer(rebasing: old[head..<old.count - tail])
        for match in try matcher.matches(middle, base: oldMiddle) {
            appendExtra(head + match.new - done, element: piece.element)
            appendDiff(match.length, base: range.lowerBound + head + match.base, element: .byte)
            done = head + match.new + match.length
        }
        appendExtra(new.count - tail - done, element: piece.element)
        appendDiff(tail, base: range.upperBound - tail, element: .byte)
    }

    private mutating func appendDiff(_ length: Int, base: Int, element: ElementKind, row: Int? = nil) {
        control.appendDiff(length, base: base)
        diffRuns.append(length, element: element, row: row)
    }

    private mutating func appendExtra(_ length: Int, element: ElementKind, row: Int? = nil) {
        control.appendExtra(length)
        extraRuns.append(length, element: element, row: row)
    }

    /// Whether the words of a tensor mostly kept their positions: most sampled words have the same top byte.
    private static func isAligned(
        _ new: UnsafeRawBufferPointer, _ old: UnsafeRawBufferPointer, element: ElementKind
    ) -> Bool {
        let width = element.width
        let count = min(new.count, old.count) / width
        guard width > 1, count > 0 else { return false }
        let step = max(1, count / 1024)
        var same = 0
        var seen = 0
        for index in stride(from: 0, to: count, by: step) {
            let top = index * width + width - 1
            if new[top] == old[top] { same += 1 }
            seen += 1
        }
        return same * 2 > seen
    }

    private static func commonPrefix(
        _ new: UnsafeRawBufferPointer, _ old: UnsafeRawBufferPointer, limit: Int
    ) -> Int {
        var length = 0
        while length < limit, new[length] == old[length] { length += 1 }
        return length
    }

    private static func commonSuffix(
        _ new: UnsafeRawBufferPointer, _ old: UnsafeRawBufferPointer, limit: Int
    ) -> Int {
        var length = 0
        while length < limit, new[new.count - 1 - length] == old[old.count - 1 - length] { length += 1 }
        return length
    }
}
