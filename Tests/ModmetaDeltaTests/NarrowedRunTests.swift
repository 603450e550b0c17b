import ModmetaDelta
import ModmetaFormats
import Testing

/// Floats saved in a wider type than their values need.
@Suite struct NarrowedRunTests {
    struct Case: CustomTestStringConvertible {
        var wide: ElementKind
        var narrow: ElementKind
        var testDescription: String { "\(narrow) in \(wide)" }
    }

    static let cases = [
        Case(wide: .float32, narrow: .bfloat16), Case(wide: .float32, narrow: .float16),
        Case(wide: .float64, narrow: .float32), Case(wide: .float64, narrow: .bfloat16),
        Case(wide: .float64, narrow: .float16),
    ]

    /// A run of wide floats costs as much as the run of narrow ones, plus a few bytes.
    @Test(arguments: cases) func costsWhatNarrowFloatsCost(_ type: Case) throws {
        let base = Samples.weights(type.narrow, bytes: 20_000 * type.narrow.width, seed: 51)
        let new = Samples.stepped(base, type.narrow, seed: 52)
        let narrow = try delta(new, base: base, type.narrow)
        let wide = try delta(widened(new, type), base: widened(base, type), type.wide)
        #expect(wide.count < narrow.count + 40)
    }

    /// All 16-bit patterns, including infinities, NaNs and denormals.
    @Test(arguments: [ElementKind.bfloat16, .float16]) func everyPatternRoundTrips(_ narrow: ElementKind) throws {
        let type = Case(wide: .float32, narrow: narrow)
        let words = (0..<65_536).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let base = widened(words, type)
        let new = widened(Array(words.suffix(20_000) + words.dropLast(20_000)), type)
        _ = try delta(new, base: base, .float32)
        let codec = ChunkCodec(effort: .exhaustive)
        let full = try #require(try codec.full(base, pieces: [.init(length: base.count, element: .float32)]))
        #expect(full.count < base.count * 51 / 100)
        #expect(try codec.decoded(full, .full, count: base.count) == base)
    }

    /// One value that the narrower type cannot represent, new or in the base, keeps the run wide.
    @Test(arguments: cases, [0, 700]) func oneWideValueIsKept(_ type: Case, place: Int) throws {
        let base = widened(Samples.weights(type.narrow, bytes: 1000 * type.narrow.width, seed: 53), type)
        var wide = widened(Samples.weights(type.narrow, bytes: 1000 * type.narrow.width, seed: 54), type)
        wide[place * type.wide.width] ^= 1
        _ = try delta(wide, base: base, type.wide)
        _ = try delta(base, base: wide, type.wide)
    }

    /// A base with wider values cannot be narrowed.
    @Test func baseWithWideValuesIsRefused() throws {
        var base = [UInt8](repeating: 0, count: 8)
        let payload = HostilePayloadTests.payload(
            triples: [HostilePayloadTests.whole], runs: [6, 6, 8, 4, 0, 4, 0, 4, 1, 2, 3, 4])
        #expect(try ChunkCodec().decoded(payload, .delta, base: base, count: 8) == [0, 0, 1, 2, 0, 0, 3, 4])
        base[0] = 1
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(payload, .delta, base: base, count: 8)
        }
        #expect(error?.message.contains("cannot represent its base") == true)
    }

    /// The element of the inner run and what is wrong with it.
    @Test(arguments: [(UInt8(6), "cannot be narrowed to 6"), (7, "cannot be narrowed to 7"), (0, "narrowed to 0")])
    func innerRunOfOtherElementIsRefused(_ element: UInt8, _ says: String) throws {
        let payload = HostilePayloadTests.payload(
            triples: [HostilePayloadTests.whole], runs: [6, 6, 8, element, 0, 4, 0, 4, 1, 2, 3, 4])
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(payload, .delta, base: [UInt8](repeating: 0, count: 8), count: 8)
        }
        #expect(error?.message.contains(says) == true)
    }

    private func delta(_ new: [UInt8], base: [UInt8], _ element: ElementKind) throws -> [UInt8] {
        let codec = ChunkCodec()
        let piece = CodedPiece(length: new.count, element: element, base: 0..<base.count, rowLength: 500)
        let payload = try codec.delta(new, base: base, pieces: [piece])
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
        return payload
    }

    /// The same values in the wide type, as the hardware converts them; NaNs keep their bits.
    private func widened(_ bytes: [UInt8], _ type: Case) -> [UInt8] {
        let width = type.narrow.width
        return stride(from: 0, to: bytes.count, by: width).flatMap { start -> [UInt8] in
            let bits = bytes[start..<start + width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let single: UInt32
            switch type.narrow {
            case .bfloat16: single = bits << 16
            case .float16:
                let value = Float16(bitPattern: UInt16(bits))
                single =
                    value.isNaN ? (bits & 0x8000) << 16 | 0x7F80_0000 | (bits & 0x3FF) << 13 : Float(value).bitPattern
            default: single = bits
            }
            let result = type.wide == .float32 ? UInt64(single) : Double(Float(bitPattern: single)).bitPattern
            return (0..<type.wide.width).map { UInt8(truncatingIfNeeded: result >> UInt64(8 * $0)) }
        }
    }
}
