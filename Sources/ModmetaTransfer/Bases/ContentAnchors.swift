internal import ModmetaFormats

/// Places in a tensor that are found again in a later version of it, whatever the tensor is called and wherever they lie.
///
/// Training changes nearly every number a little and hardly ever which of two neighbours is larger. So a place is told by
/// which of 49 numbers in a row are larger than the one before; places are chosen by a hash of that, so that two versions
/// choose the same ones. See docs/decisions/0015-matching-by-content.md.
struct ContentAnchors {
    /// A place and what tells it.
    struct Anchor {
        /// Which of the numbers around the place are larger than the one before, a bit each.
        var key: UInt64
        /// The byte behind the last of these numbers, from the start of the file.
        var position: UInt64
    }

    /// The comparisons that tell a place.
    private static let bits: UInt64 = 48
    private static let blockLength: UInt64 = 4 << 20

    /// One in two to the power of this many places is chosen.
    let rate: UInt64

    /// Chooses a rate that gives a file of some size half a million places at most.
    init(fileSize: UInt64) {
        var rate: UInt64 = 7
        while fileSize >> rate > 1 << 20, rate < 30 { rate += 1 }
        self.rate = rate
    }

    /// Whether the numbers of a tensor can be compared; blocks of quantized numbers and lone bytes tell little.
    static func apply(to element: ElementKind) -> Bool {
        switch element {
        case .bfloat16, .float16, .float32, .float64, .integer16, .integer32, .integer64: true
        default: false
        }
    }

    /// Calls a closure for every place of a tensor, in order.
    ///
    /// - Throws: what reading the file throws.
    func forEach(of tensor: Layout.Tensor, in file: LocalFile, _ body: (Anchor) -> Void) throws {
        switch tensor.element.width {
        case 2: try scan(UInt16.self, tensor, file, body)
        case 4: try scan(UInt32.self, tensor, file, body)
        case 8: try scan(UInt64.self, tensor, file, body)
        default: break
        }
    }

    @inline(__always)
    private func scan<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ tensor: Layout.Tensor, _ file: LocalFile, _ body: (Anchor) -> Void
    ) throws {
        let width = UInt64(Word.bitWidth / 8)
        let isFloat = tensor.element.exponentIsBelowSign
        let mask = (1 << Self.bits) - 1 as UInt64
        let shift = 64 - rate
        var window: UInt64 = 0
        var seen: UInt64 = 0
        var previous: Word = 0
        var start = tensor.range.lowerBound
        let end =
            tensor.range.upperBound - tensor.range.upperBound.subtractingReportingOverflow(start).partialValue % width
        while start < end {
            let length = min(end - start, Self.blockLength)
            let bytes = try file.read(at: start, count: Int(length))
            bytes.withUnsafeBytes { bytes in
                for index in 0..<Int(length / width) {
                    var word = bytes.loadUnaligned(fromByteOffset: index * Int(width), as: Word.self)
                    // Floats in the order of integers: negative ones the other way round, below the positive ones.
                    if isFloat { word ^= word >> Word(Word.bitWidth - 1) == 0 ? 1 << Word(Word.bitWidth - 1) : .max }
                    window = window << 1 | (word > previous ? 1 : 0)
                    previous = word
                    seen += 1
                    // Multiplication by 2^64 divided by the golden ratio (Knuth) spreads the bits.
                    let key = window & mask
                    guard (key &* 0x9E37_79B9_7F4A_7C15) >> shift == 0, seen > Self.bits else { continue }
                    // Runs of one number, or of rising ones, are everywhere.
                    guard (12...36).contains(key.nonzeroBitCount) else { continue }
                    body(Anchor(key: key, position: start + UInt64(index + 1) * width))
                }
            }
            start += length
        }
    }
}

extension ElementKind {
    /// Whether numbers are ordered by their sign first, as floats are.
    fileprivate var exponentIsBelowSign: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float64: true
        default: false
        }
    }
}
