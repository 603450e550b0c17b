import ModmetaDelta
import ModmetaFormats
import Testing

/// Hand-written scaled runs, one for each check of their decoder: four bfloat16 words in one row.
@Suite struct HostileScaledRunTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var says: String
        var run: [UInt8]
        var code: DeltaError.Code = .malformed
        var testDescription: String { name }
    }

    static let parts: [UInt8] = [1, 4, 4]
    static let rows: [UInt8] = [0, 1, 2]
    // One table in which symbol 0 has all 4096 parts: 26 one bits for length 13, a zero bit, 12 zero bits.
    static let allZero: [UInt8] = [0, 0xFF, 0xFF, 0xFF, 0x03, 0]
    static let tables: [UInt8] = [7, 1] + allZero
    static let states: [UInt8] = (0..<8).flatMap { _ in [0, 0x80, 0, 0] }
    static let coded: [UInt8] = [32] + states

    static func run(
        features: UInt8 = 0, parts: [UInt8] = parts, rows: [UInt8] = rows, tables: [UInt8] = tables,
        coded: [UInt8] = coded, extra: [UInt8] = [0]
    ) -> [UInt8] {
        [4, 3, 8, features] + parts + rows + tables + coded + extra
    }

    static let cases: [Case] = [
        Case(
            name: "unknown features", says: "feature set 128 of a scaled run", run: run(features: 0x80),
            code: .unsupportedVersion),
        Case(name: "no parts", says: "has 0 parts", run: run(parts: [0])),
        Case(name: "more parts than words", says: "has 5 parts", run: run(parts: [5] + parts)),
        Case(name: "part of no words", says: "a part of 0 words", run: run(parts: [1, 0, 1])),
        Case(name: "part longer than the run", says: "a part of 5 words", run: run(parts: [1, 5, 1])),
        Case(name: "row of no words", says: "in rows of 0", run: run(parts: [1, 4, 0])),
        Case(name: "row longer than its part", says: "in rows of 5", run: run(parts: [1, 4, 5])),
        Case(name: "parts too short", says: "end 1 words early", run: run(parts: [1, 3, 3])),
        Case(
            name: "part of 2^63 - 1 words", says: "at most 4 words",
            run: run(parts: [1] + HostilePayloadTests.longest + [1])),
        Case(name: "decayed row without decay", says: "a row has code 1", run: run(rows: [0, 1, 1])),
        Case(name: "no tables", says: "has 0 tables", run: run(tables: [1, 0])),
        Case(name: "tables cut short", says: "end within the tables", run: run(tables: [6, 1] + allZero.dropLast())),
        Case(
            name: "tables with bytes to spare", says: "do not end where they should",
            run: run(tables: [8, 1] + allZero + [0])),
        Case(name: "tables past the end", says: "end within the tables", run: run(tables: [0x7F, 1] + allZero)),
        Case(name: "bound 0", says: "not in order", run: run(tables: [9, 2, 0, 0] + allZero)),
        Case(name: "bound past the last index", says: "not in order", run: run(tables: [9, 2, 0xFF, 7] + allZero)),
        Case(
            name: "frequencies too small", says: "add up to 2048",
            run: run(tables: [7, 1, 0, 0xFF, 0xFF, 0xFF, 0, 0])),
        Case(name: "frequency too long", says: "too large", run: run(tables: [7, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])),
        Case(
            name: "symbol out of range for the word length", says: "symbols that are out of range",
            run: run(tables: [37, 1, 120] + wideTable)),
        Case(name: "states missing", says: "cannot hold the states", run: run(coded: [30] + states.dropLast(2))),
        Case(name: "half a word", says: "cannot hold the states", run: run(coded: [33] + states + [0])),
        Case(
            name: "state that does not return", says: "do not end where they should",
            run: run(coded: [32, 1] + states.dropFirst())),
        Case(name: "words to spare", says: "do not end where they should", run: run(coded: [34] + states + [0, 0])),
        Case(name: "symbols past the end", says: "end within the coded symbols", run: run(coded: [0x7F] + states)),
        Case(name: "extra bits to spare", says: "extra bits do not end", run: run(extra: [1, 0])),
        Case(name: "extra bits past the end", says: "end within the extra bits", run: run(extra: [1])),
        Case(
            name: "no base", says: "filter 3 does not apply",
            run: []),
    ]

    // Symbols 0 to 119 have no part, which takes a zero bit each; symbol 120 has all parts.
    static let wideTable: [UInt8] =
        [UInt8](repeating: 0, count: 15) + allZero.dropFirst() + [UInt8](repeating: 0, count: 15)

    @Test(arguments: cases) func isRefused(_ hostile: Case) throws {
        let payload =
            hostile.run.isEmpty
            ? HostilePayloadTests.payload(triples: [[0, 8, 0]], runs: HostileScaledRunTests.run())
            : HostilePayloadTests.payload(triples: [HostilePayloadTests.whole], runs: hostile.run)
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(payload, .delta, base: HostilePayloadTests.base, count: 8)
        }
        #expect(error?.code == hostile.code)
        #expect(error?.message.contains(hostile.says) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    /// The well-formed run behind the cases decodes, and one with a large difference.
    @Test func theirModelIsAccepted() throws {
        let payload = HostilePayloadTests.payload(
            triples: [HostilePayloadTests.whole], runs: HostileScaledRunTests.run())
        #expect(
            try ChunkCodec().decoded(payload, .delta, base: HostilePayloadTests.base, count: 8)
                == HostilePayloadTests.base)
        // Symbol 32 alone: a difference of 16 plus two extra bits, here 1, 2, 3 and 0.
        let table: [UInt8] = [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x03, 0]
        let large = HostilePayloadTests.payload(
            triples: [HostilePayloadTests.whole],
            runs: HostileScaledRunTests.run(tables: [11, 1, 32] + table, extra: [1, 0b0011_1001]))
        #expect(
            try ChunkCodec().decoded(large, .delta, base: HostilePayloadTests.base, count: 8)
                == [27, 20, 48, 40, 69, 60, 86, 80])
    }
}
