import ModmetaDelta
import ModmetaFormats
import Testing

/// Rows that move along common directions are predicted; damaged directions are refused.
@Suite struct DirectionTests {
    /// Weights, and weights whose rows moved along `rank` directions and a little at random.
    private func tensors(
        _ element: ElementKind, rows: Int, rowLength: Int, rank: Int
    ) -> (base: [UInt8], new: [UInt8]) {
        var generator = Generator(seed: 101)
        func numbers(_ count: Int) -> [Float] {
            (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
        }
        let directions = (0..<rank).map { _ in numbers(rowLength) }
        var base: [Float] = []
        var new: [Float] = []
        for _ in 0..<rows {
            let factors = numbers(rank)
            let noise = numbers(rowLength)
            let weights = numbers(rowLength)
            for column in 0..<rowLength {
                let step = zip(factors, directions).reduce(noise[column] / 8) { $0 + $1.0 * $1.1[column] }
                base.append(weights[column] / 10)
                new.append(weights[column] / 10 + step / 500)
            }
        }
        return (bytes(base, element), bytes(new, element))
    }

    private func bytes(_ values: [Float], _ element: ElementKind) -> [UInt8] {
        values.flatMap { value in
            let word: UInt32 =
                switch element {
                case .bfloat16: value.bitPattern >> 16
                case .float16: UInt32(Float16(value).bitPattern)
                default: value.bitPattern
                }
            return (0..<element.width).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
        }
    }

    struct Shape: CustomTestStringConvertible {
        var element: ElementKind
        var rank: Int
        var testDescription: String { "\(element), rank \(rank)" }
    }

    static let shapes = [ElementKind.bfloat16, .float16, .float32].flatMap { element in
        (1...5).map { Shape(element: element, rank: $0) }
    }

    @Test(arguments: shapes) func commonDirectionsMakeDeltasSmaller(_ shape: Shape) throws {
        let rowLength = 100
        let (base, new) = tensors(shape.element, rows: 900, rowLength: rowLength, rank: shape.rank)
        let codec = ChunkCodec()
        let whole = CodedPiece(length: new.count, element: shape.element, base: 0..<base.count)
        var rows = whole
        rows.rowLength = rowLength
        let without = try codec.delta(new, base: base, pieces: [whole])
        let with = try codec.delta(new, base: base, pieces: [rows])
        #expect(with.count < without.count)
        #expect(try codec.decoded(with, .delta, base: base, count: new.count) == new)
    }

    /// Rows with infinities and NaNs, unmoved rows, a short last row and a neighbour without directions.
    @Test(arguments: [ElementKind.bfloat16, .float16, .float32]) func oddRowsRoundTrip(_ element: ElementKind) throws {
        let rowLength = 64
        let width = element.width
        var (base, new) = tensors(element, rows: 300, rowLength: rowLength, rank: 1)
        for index in 5 * rowLength * width..<6 * rowLength * width { new[index] = 0xFF }
        for index in 9 * rowLength * width..<10 * rowLength * width { base[index] = 0x7F }
        new.replaceSubrange(
            20 * rowLength * width..<40 * rowLength * width, with: base[20 * rowLength * width..<40 * rowLength * width]
        )
        let tail = 11 * width
        let neighbour = Samples.weights(element, bytes: 5000 * width, seed: 102)
        let first = new.count - tail
        base = base.prefix(first) + neighbour
        new = new.prefix(first) + Samples.stepped(neighbour, element, seed: 103)
        let pieces = [
            CodedPiece(length: first, element: element, base: 0..<first, rowLength: rowLength),
            CodedPiece(length: new.count - first, element: element, base: first..<base.count),
        ]
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: pieces)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    struct Hostile: CustomTestStringConvertible {
        var name: String
        var says: String
        var parts: [UInt8] = [1, 16, 2]
        var directions: [UInt8]
        var testDescription: String { name }
    }

    // Streams: one rank, the scales and components of two columns, the factors of eight rows.
    static let rank: [UInt8] = [0, 1, 1]
    static let columns: [UInt8] = [0, 4, 32, 32, 9, 9]
    static let factors: [UInt8] = [1, 8, 100]
    // Nine buckets, of which the sixth has one table with symbol 0 alone.
    static let tables: [UInt8] = [15, 0, 0, 0, 0, 0, 1, 0, 0, 0] + HostileScaledRunTests.allZero

    static let hostile = [
        Hostile(name: "five directions", says: "has 5 directions", directions: [0, 1, 5] + columns + factors),
        Hostile(
            name: "too few rows", says: "has 1 directions", parts: [1, 16, 3], directions: rank + columns + factors),
        Hostile(
            name: "column scale of 64", says: "scale above 63",
            directions: rank + [0, 4, 64, 32, 9, 9] + factors),
        Hostile(name: "factors missing", says: "stream block", directions: rank + columns + [1, 9, 100]),
    ]

    private func payload(_ parts: [UInt8], _ directions: [UInt8], tables: [UInt8]) -> [UInt8] {
        let head: [UInt8] = HostilePayloadTests.intro + [32, 32, 1, 0, 3, 0, 3, 32, 0, 0]
        let rowCount: UInt8 = (parts[1] + parts[2] - 1) / parts[2]
        return head + [4, 3, 32, 2] + parts + [1, rowCount, 2] + directions + tables + HostileScaledRunTests.coded + [0]
    }

    @Test(arguments: hostile) func isRefused(_ hostile: Hostile) throws {
        let payload = payload(hostile.parts, hostile.directions, tables: DirectionTests.tables)
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(payload, .delta, base: [UInt8](repeating: 7, count: 32), count: 32)
        }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(hostile.says) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    @Test func theirModelIsAccepted() throws {
        let payload = payload(
            [1, 16, 2], DirectionTests.rank + DirectionTests.columns + DirectionTests.factors,
            tables: DirectionTests.tables)
        let base = [UInt8](repeating: 7, count: 32)
        #expect(try ChunkCodec().decoded(payload, .delta, base: base, count: 32) == base)
    }
}
