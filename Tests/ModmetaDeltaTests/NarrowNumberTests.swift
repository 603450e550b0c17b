import ModmetaDelta
import ModmetaFormats
import Testing

/// 8-bit and 4-bit numbers are coded by their steps and round-trip for all bit patterns.
@Suite struct NarrowNumberTests {
    static let kinds: [ElementKind] = [.integer8, .float8E4M3, .float8E5M2, .packed4, .packedFloat4]

    /// Every byte of the base against every byte of the new run, with and without rows.
    @Test(arguments: kinds, [nil, 7, 256]) func everyPairOfBytes(_ element: ElementKind, row: Int?) throws {
        let base = (0..<65_536).map { UInt8($0 >> 8) }
        let new = (0..<65_536).map { UInt8($0 & 0xFF) }
        try expectRoundTrip(new, base: base, element, row: row)
    }

    @Test(arguments: kinds) func smallStepsAreScaled(_ element: ElementKind) throws {
        var generator = Generator(seed: 41)
        let base = (0..<300_000).map { _ in UInt8.random(in: 0x11...0xDD, using: &generator) }
        let new = base.enumerated().map { index, byte in
            // Every fourth row moves, by one unit of the high or the low number.
            guard index / 500 % 4 == 0, Int.random(in: 0..<8, using: &generator) == 0 else { return byte }
            return element == .packed4 ? byte ^ 0x10 : byte &+ 1
        }
        let payload = try expectRoundTrip(new, base: base, element, row: element == .packed4 ? 1000 : 500)
        // One in eight of 75,000 numbers moved, or of 150,000 one in sixteen.
        #expect(payload.count < 8800)
        #expect(payload.contains(3))
    }

    /// Tensors of bytes and of 32-bit integers that hold packed 4-bit numbers.
    @Test(arguments: [ElementKind.integer8, .integer32]) func packedNumbersAreFound(_ element: ElementKind) throws {
        var generator = Generator(seed: 42)
        let base = (0..<400_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let new = base.map { byte -> UInt8 in
            var (low, high) = (byte & 15, byte >> 4)
            if Int.random(in: 0..<10, using: &generator) == 0 { low = low == 15 ? 14 : low + 1 }
            if Int.random(in: 0..<10, using: &generator) == 0 { high = high == 0 ? 1 : high - 1 }
            return high << 4 | low
        }
        let payload = try expectRoundTrip(new, base: base, element, row: 500)
        // 800,000 numbers at 0.57 bits each.
        #expect(payload.count < 58_000)
    }

    @Test(arguments: [ElementKind.float8E4M3, .float8E5M2]) func floatsWithoutBaseAreLevelled(
        _ element: ElementKind
    ) throws {
        var generator = Generator(seed: 43)
        // Exponents and signs as bell-shaped weights have them, and random mantissas.
        let shift: UInt8 = element == .float8E4M3 ? 3 : 2
        let new = (0..<200_000).map { _ -> UInt8 in
            var exponent: UInt8 = 8
            while exponent > 0, Bool.random(using: &generator) { exponent -= 1 }
            let rest = UInt8.random(in: .min ... .max, using: &generator)
            return exponent << shift | rest & (1 << shift - 1) | rest & 0x80
        }
        let codec = ChunkCodec()
        let payload = try #require(try codec.full(new, pieces: [.init(length: new.count, element: element)]))
        // 2 bits of exponent, a sign and the mantissa.
        #expect(payload.count < new.count * (Int(shift) + 3) / 8 * 102 / 100 + 300)
        #expect(try codec.decoded(payload, .full, count: new.count) == new)
    }

    @discardableResult
    private func expectRoundTrip(
        _ new: [UInt8], base: [UInt8], _ element: ElementKind, row: Int?
    ) throws -> [UInt8] {
        let codec = ChunkCodec()
        let piece = CodedPiece(length: new.count, element: element, base: 0..<base.count, rowLength: row)
        let payload = try codec.delta(new, base: base, pieces: [piece])
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
        return payload
    }
}
