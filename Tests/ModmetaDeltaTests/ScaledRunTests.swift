import ModmetaDelta
import ModmetaFormats
import Testing

/// Round trips through filter 3, over element kinds, shapes and bit patterns.
@Suite struct ScaledRunTests {
    struct Shape: CustomTestStringConvertible {
        var element: ElementKind
        var rows: Int
        var rowLength: Int
        var testDescription: String { "\(element), \(rows) rows of \(rowLength)" }
    }

    static let floats: [ElementKind] = [.bfloat16, .float16, .float32]
    static let shapes = floats.flatMap { element in
        [(1, 1), (1, 7), (3, 1), (5, 8), (17, 33), (64, 64), (2, 5000), (300, 100), (1, 40_000)].map {
            Shape(element: element, rows: $0.0, rowLength: $0.1)
        }
    }

    @Test(arguments: shapes) func shapesRoundTrip(_ shape: Shape) throws {
        let length = shape.rows * shape.rowLength * shape.element.width
        let base = Samples.weights(shape.element, bytes: length, seed: 71)
        for new in [
            Samples.stepped(base, shape.element, seed: 72), Samples.trained(base, shape.element, seed: 73),
            Samples.weights(shape.element, bytes: length, seed: 74),
        ] {
            try expectRoundTrip(new, base: base, shape.element, rowLength: shape.rowLength)
        }
    }

    /// Unmoved rows between rows that moved by very different steps.
    @Test(arguments: floats) func rowsOfManyScalesRoundTrip(_ element: ElementKind) throws {
        let rowLength = 96
        let base = Samples.weights(element, bytes: 200 * rowLength * element.width, seed: 75)
        var new = base
        let small = Samples.stepped(base, element, seed: 76)
        let large = Samples.weights(element, bytes: base.count, seed: 77)
        for row in 0..<200 {
            let range = row * rowLength * element.width..<(row + 1) * rowLength * element.width
            if row % 3 == 1 { new.replaceSubrange(range, with: small[range]) }
            if row % 7 == 2 { new.replaceSubrange(range, with: large[range]) }
        }
        try expectRoundTrip(new, base: base, element, rowLength: rowLength)
    }

    /// Infinities, NaNs with payloads, denormals and both zeros, against each other and against weights.
    @Test(arguments: floats) func specialBitPatternsRoundTrip(_ element: ElementKind) throws {
        let top = UInt32(1) << UInt32(8 * element.width - 1)
        let infinity: UInt32 =
            switch element {
            case .bfloat16: 0x7F80
            case .float16: 0x7C00
            default: 0x7F80_0000
            }
        let patterns = [0, 1, 2, infinity - 1, infinity, infinity + 1, top - 1].flatMap { [$0, $0 | top] }
        var words: [UInt32] = []
        var bases: [UInt32] = []
        for new in patterns {
            for old in patterns {
                words.append(new)
                bases.append(old)
            }
        }
        let weights = Samples.weights(element, bytes: 4000 * element.width, seed: 78)
        let stepped = Samples.stepped(weights, element, seed: 79)
        let new = bytes(words, element) + stepped
        let base = bytes(bases, element) + weights
        for rowLength in [1, 14, 100, 4196] {
            try expectRoundTrip(new, base: base, element, rowLength: rowLength)
        }
    }

    @Test func rowsMakeRowScaledStepsSmaller() throws {
        let rowLength = 128
        let base = Samples.weights(.bfloat16, bytes: 400 * rowLength * 2, seed: 80)
        let moved = Samples.stepped(base, .bfloat16, seed: 81)
        var new = base
        for row in stride(from: 0, to: 400, by: 2) {
            let range = row * rowLength * 2..<(row + 1) * rowLength * 2
            new.replaceSubrange(range, with: moved[range])
        }
        let codec = ChunkCodec()
        let whole = CodedPiece(length: new.count, element: .bfloat16, base: 0..<base.count)
        var rows = whole
        rows.rowLength = rowLength
        let without = try codec.delta(new, base: base, pieces: [whole])
        let with = try codec.delta(new, base: base, pieces: [rows])
        #expect(with.count * 10 < without.count * 9)
    }

    /// Tensors of different shapes share one run.
    @Test(arguments: floats) func partsRoundTrip(_ element: ElementKind) throws {
        var pieces: [CodedPiece] = []
        var start = 0
        for (rows, rowLength) in [(10, 384), (1, 384), (1, 1), (7, 100), (384, 10), (1, 12_000)] {
            let length = rows * rowLength * element.width
            pieces.append(
                CodedPiece(length: length, element: element, base: start..<start + length, rowLength: rowLength))
            start += length
        }
        let base = Samples.weights(element, bytes: start, seed: 82)
        let new = Samples.stepped(base, element, seed: 83)
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: pieces)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    private func expectRoundTrip(
        _ new: [UInt8], base: [UInt8], _ element: ElementKind, rowLength: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let piece = CodedPiece(
            length: new.count, element: element, base: 0..<base.count, rowLength: rowLength)
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: [piece])
        let decoded = try codec.decoded(payload, .delta, base: base, count: new.count)
        #expect(decoded == new, sourceLocation: sourceLocation)
    }

    private func bytes(_ words: [UInt32], _ element: ElementKind) -> [UInt8] {
        words.flatMap { word in (0..<element.width).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }
}
