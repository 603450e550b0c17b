import ModmetaDelta
import ModmetaFormats
import Testing

/// Round trips through filter 4, and hand-written runs for each check of its decoder.
@Suite struct LevelledRunTests {
    struct Shape: CustomTestStringConvertible {
        var element: ElementKind
        var rows: Int
        var rowLength: Int
        var testDescription: String { "\(element), \(rows) rows of \(rowLength)" }
    }

    static let floats: [ElementKind] = [.bfloat16, .float16, .float32]
    static let shapes = floats.flatMap { element in
        [(1, 1), (1, 3), (700, 1), (70, 33), (64, 64), (3, 5000), (300, 100)].map {
            Shape(element: element, rows: $0.0, rowLength: $0.1)
        }
    }

    @Test(arguments: shapes) func shapesRoundTrip(_ shape: Shape) throws {
        let length = shape.rows * shape.rowLength * shape.element.width
        try expectRoundTrip(
            Samples.weights(shape.element, bytes: length, seed: 121), shape.element, rowLength: shape.rowLength)
    }

    /// Zeros, denormals, infinities and NaNs among weights, whole rows of them too.
    @Test(arguments: floats) func specialBitPatternsRoundTrip(_ element: ElementKind) throws {
        let rowLength = 50
        var new = Samples.weights(element, bytes: 400 * rowLength * element.width, seed: 122)
        let width = element.width
        for (row, byte) in [(0, 0), (7, 0xFF), (8, 0x7F), (9, 0x80), (399, 0)] {
            for index in row * rowLength * width..<(row + 1) * rowLength * width { new[index] = UInt8(byte) }
        }
        for index in stride(from: 20 * rowLength * width, to: new.count, by: 97 * width) {
            for byte in index..<index + width { new[byte] = UInt8(truncatingIfNeeded: index / width) }
        }
        try expectRoundTrip(new, element, rowLength: rowLength)
    }

    @Test func levelsAreSmallerThanPlanes() throws {
        let new = Samples.weights(.bfloat16, bytes: 400_000, seed: 123)
        let payload = try #require(
            try ChunkCodec().full(new, pieces: [CodedPiece(length: new.count, element: .bfloat16, rowLength: 100)]))
        #expect((0..<40).contains { Array(payload[$0..<$0 + 2]) == [4, 4] }, "no levelled run at the front")
        #expect(payload.count * 100 < new.count * 70)
    }

    private func expectRoundTrip(_ new: [UInt8], _ element: ElementKind, rowLength: Int) throws {
        let codec = ChunkCodec()
        let piece = CodedPiece(length: new.count, element: element, rowLength: rowLength)
        guard let payload = try codec.full(new, pieces: [piece]) else { return }
        #expect(try codec.decoded(payload, .full, count: new.count) == new)
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var says: String
        var run: [UInt8]
        var triple: [UInt8] = [0, 8, 0]
        var testDescription: String { name }
    }

    // Four bfloat16 words in one row of level 500, all as high as the row: symbol 191.
    static let table: [UInt8] = [30, 191] + [UInt8](repeating: 0, count: 23) + [0x80, 0xFF, 0xFF, 0xFF, 0x01, 0x00]
    static let least: [UInt8] = [0xF4, 3]
    static let low: [UInt8] = [0, 0, 0]

    static func run(
        parts: [UInt8] = [1, 4, 4], least: [UInt8] = least, rows: [UInt8] = [0, 1, 0], table: [UInt8] = table,
        coded: [UInt8] = HostileScaledRunTests.coded, escapes: [UInt8] = [0], low: [UInt8] = low
    ) -> [UInt8] {
        [4, 4, 8] + parts + least + rows + table + coded + escapes + low
    }

    static let cases = [
        Case(name: "parts too short", says: "end 1 words early", run: run(parts: [1, 3, 3])),
        Case(name: "level of 1024", says: "which is out of range", run: run(least: [0x80, 8])),
        Case(name: "rows missing", says: "stream block", run: run(rows: [0, 2, 0, 0])),
        Case(name: "table past the end", says: "end within the table", run: run(table: [0x7F] + table.dropFirst())),
        Case(name: "table with bytes to spare", says: "do not end", run: run(table: [31] + table.dropFirst() + [0])),
        Case(name: "symbols cut short", says: "cannot hold the states", run: run(coded: [2, 0, 0])),
        Case(name: "escapes without symbols", says: "escaped levels do not end", run: run(escapes: [2, 0, 0])),
        Case(
            name: "level above the type's", says: "a level is not among the 1024",
            run: run(least: [0xFF, 7], rows: [0, 1, 1])),
        Case(name: "low bits missing", says: "end within the low bits", run: run(low: [0, 0])),
        Case(name: "in the diff block", says: "filter 4 does not apply", run: run(), triple: [8, 0, 0]),
    ]

    private func payload(_ run: [UInt8], triple: [UInt8]) -> [UInt8] {
        HostilePayloadTests.payload(triples: [triple], runs: run)
    }

    @Test(arguments: cases) func isRefused(_ hostile: Case) throws {
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(
                payload(hostile.run, triple: hostile.triple), .delta, base: HostilePayloadTests.base, count: 8)
        }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(hostile.says) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    /// The well-formed run behind the cases decodes: level 500 is exponent field 125, so every word is 0.25.
    @Test func theirModelIsAccepted() throws {
        let decoded = try ChunkCodec().decoded(
            payload(LevelledRunTests.run(), triple: [0, 8, 0]), .delta, base: HostilePayloadTests.base, count: 8)
        #expect(decoded == [0x80, 0x3E, 0x80, 0x3E, 0x80, 0x3E, 0x80, 0x3E])
    }
}
