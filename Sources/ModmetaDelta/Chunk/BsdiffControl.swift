/// The control triples of a bsdiff: how the diff block, the extra block and the base combine into the new bytes.
struct BsdiffControl: Hashable {
    /// Add `diff` bytes of the diff block to the base, copy `extra` bytes of the extra block, then seek by `seek` in
    /// the base.
    struct Triple: Hashable {
        var diff: Int
        var extra: Int
        var seek: Int
    }

    /// The position in the base where the first triple reads.
    private(set) var start = 0
    private(set) var triples: [Triple] = []
    /// The bytes of the diff block.
    private(set) var diffLength = 0
    /// The bytes of the extra block.
    private(set) var extraLength = 0
    // The position in the base after the last triple, before its seek.
    private var position = 0

    init() {}

    /// Creates a control from triples already known to fit the base.
    init(start: Int, triples: [Triple]) {
        self.start = start
        self.triples = triples
        position = start
        for triple in triples {
            diffLength += triple.diff
            extraLength += triple.extra
            position += triple.diff + triple.seek
        }
        position -= triples.last?.seek ?? 0
    }

    /// Appends bytes that are differences from the base at `base`; joins the last triple if they continue it.
    mutating func appendDiff(_ length: Int, base: Int) {
        guard length > 0 else { return }
        diffLength += length
        if triples.isEmpty {
            start = base
        } else if triples[triples.count - 1].extra == 0, position == base {
            triples[triples.count - 1].diff += length
            position += length
            return
        } else {
            triples[triples.count - 1].seek = base - position
        }
        triples.append(Triple(diff: length, extra: 0, seek: 0))
        position = base + length
    }

    /// Appends bytes the base does not have.
    mutating func appendExtra(_ length: Int) {
        guard length > 0 else { return }
        extraLength += length
        if triples.isEmpty {
            triples.append(Triple(diff: 0, extra: length, seek: 0))
        } else {
            triples[triples.count - 1].extra += length
        }
    }

    /// Calls a closure for each triple with the positions in the base and in the output.
    func forEach<Failure: Error>(
        _ body: (_ triple: Triple, _ base: Int, _ output: Int) throws(Failure) -> Void
    ) throws(Failure) {
        var base = start
        var output = 0
        for triple in triples {
            try body(triple, base, output)
            base += triple.diff + triple.seek
            output += triple.diff + triple.extra
        }
    }
}
