import Glibc
import ModmetaDelta
import ModmetaFormats
import Testing

/// Rows moved by weight decay alone are found and cost almost nothing.
@Suite struct DecayTests {
    struct Schedule: CustomTestStringConvertible {
        var name: String
        var rates: [Double]
        var testDescription: String { name }
    }

    static let schedules = [
        Schedule(name: "one step", rates: [1e-5]),
        Schedule(name: "constant, small", rates: [Double](repeating: 2e-7, count: 50)),
        Schedule(name: "constant, large", rates: [Double](repeating: 5e-6, count: 200)),
        Schedule(name: "falling", rates: (0..<50).map { 5e-6 * (0.85 - Double($0) / 1000) }),
        Schedule(name: "rising", rates: (0..<20).map { 1e-6 * (1 + Double($0) / 20) }),
        Schedule(name: "cosine, 50 steps", rates: cosine(peak: 5e-6, steps: 50, from: 0.05, to: 0.1)),
        Schedule(name: "cosine, 200 steps", rates: cosine(peak: 5e-6, steps: 200, from: 0.05, to: 0.25)),
        Schedule(name: "cosine, 500 steps", rates: cosine(peak: 5e-7, steps: 500, from: 0.3, to: 0.5)),
        Schedule(name: "end of a cosine", rates: cosine(peak: 2e-7, steps: 100, from: 0.6, to: 0.9)),
        Schedule(name: "warm-up", rates: (0..<50).map { 5e-6 * Double($0 + 20) / 100 }),
        Schedule(name: "linear, 1000 steps", rates: (0..<1000).map { 5e-7 * (0.7 - Double($0) / 10_000) }),
    ]

    /// A stretch of half a period, by shares of it.
    private static func cosine(peak: Double, steps: Int, from: Double, to: Double) -> [Double] {
        (0..<steps).map { step in
            let share = from + (to - from) * Double(step) / Double(steps)
            return peak * 0.5 * (1 + cos(share * .pi))
        }
    }

    /// Every second row decays, the others are trained.
    private func rows(_ schedule: Schedule, of base: [Float], rowLength: Int) -> [Float] {
        var generator = Generator(seed: 91)
        return base.enumerated().map { index, value in
            if index / rowLength % 2 == 1 { return value + Float.random(in: -1e-4...1e-4, using: &generator) }
            return schedule.rates.reduce(value) { $0 * Float(1 - $1) }
        }
    }

    private func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }

    private func base(rows: Int, rowLength: Int) -> [Float] {
        var generator = Generator(seed: 90)
        return (0..<rows * rowLength).map { _ in Float.random(in: -0.1...0.1, using: &generator) }
    }

    @Test(arguments: schedules) func decayedRowsCostNothing(_ schedule: Schedule) throws {
        let rowLength = 100
        let old = base(rows: 100, rowLength: rowLength)
        let new = bytes(rows(schedule, of: old, rowLength: rowLength))
        let reference = bytes(old)
        let codec = ChunkCodec()
        let piece = CodedPiece(
            length: new.count, element: .float32, base: 0..<reference.count, rowLength: rowLength)
        let payload = try codec.delta(new, base: reference, pieces: [piece])
        // The trained half takes up to 21 bits a word.
        #expect(payload.count * 3 < new.count)
        #expect(try codec.decoded(payload, .delta, base: reference, count: new.count) == new)
    }

    /// Least squares fail on some words; others must be tried.
    @Test(arguments: 1...12) func isFoundForAnyWords(_ seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let old = (0..<300 * 64).map { _ in Float.random(in: -0.1...0.1, using: &generator) }
        var new = rows(DecayTests.schedules[3], of: old, rowLength: 64)
        // A row with a gradient so small that it seems to decay.
        for index in 0..<64 { new[index] *= 1 - 1e-6 }
        let (written, reference) = (bytes(new), bytes(old))
        let piece = CodedPiece(length: written.count, element: .float32, base: 0..<reference.count, rowLength: 64)
        let payload = try ChunkCodec().delta(written, base: reference, pieces: [piece])
        #expect(payload.count * 3 < written.count)
    }

    @Test func rowsWithSpecialValuesAreNotReplayed() throws {
        let rowLength = 100
        let schedule = DecayTests.schedules[2]
        var old = base(rows: 100, rowLength: rowLength)
        old[2015] = .infinity
        old[4030] = .nan
        old[6001] = -0.0
        old[8002] = .leastNonzeroMagnitude
        let new = bytes(rows(schedule, of: old, rowLength: rowLength))
        let reference = bytes(old)
        let piece = CodedPiece(
            length: new.count, element: .float32, base: 0..<reference.count, rowLength: rowLength)
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: reference, pieces: [piece])
        #expect(try codec.decoded(payload, .delta, base: reference, count: new.count) == new)
    }

    struct Hostile: CustomTestStringConvertible {
        var name: String
        var says: String
        var element: UInt8 = 6
        var decay: [UInt8]
        var code: DeltaError.Code = .malformed
        var testDescription: String { name }
    }

    static let hostile = [
        Hostile(name: "no factors", says: "has 0 different factors", decay: [0]),
        Hostile(name: "factor of 1", says: "is out of range", decay: [1, 0, 1]),
        Hostile(name: "factor below one half", says: "is out of range", decay: [1, 0x80, 0x80, 0x80, 4, 1]),
        Hostile(name: "no steps", says: "is out of range", decay: [1, 3, 0]),
        Hostile(name: "1025 steps", says: "is out of range", decay: [2, 3, 0x80, 8, 4, 1]),
        Hostile(name: "2000 factors", says: "different factors", decay: [0xD0, 0x0F]),
        Hostile(
            name: "decay of bfloat16", says: "feature set 1 of a scaled run of element kind 4", element: 4,
            decay: [1, 3, 1],
            code: .unsupportedVersion),
    ]

    @Test(arguments: hostile) func isRefused(_ hostile: Hostile) throws {
        let parts: [UInt8] = hostile.element == 6 ? [1, 2, 2] : [1, 4, 4]
        let run = [hostile.element, 3, 8, 1] + parts + hostile.decay + [0, 1, 1]
        let payload = HostilePayloadTests.payload(triples: [HostilePayloadTests.whole], runs: run)
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(payload, .delta, base: HostilePayloadTests.base, count: 8)
        }
        #expect(error?.code == hostile.code)
        #expect(error?.message.contains(hostile.says) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }
}
