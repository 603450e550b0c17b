import ModmetaDelta
import ModmetaFormats
import Testing

/// Damaged payloads either decode to something or are refused with a `DeltaError`; they never trap.
@Suite struct PayloadMutationTests {
    @Test(arguments: [ElementKind.bfloat16, .float32, .integer64, .byte]) func damagedDelta(
        _ element: ElementKind
    ) throws {
        let base = Samples.weights(element, bytes: 4000, seed: 20)
        let new = Samples.trained(Array(base[1000...]), element, seed: 21) + base[0..<903]
        let pieces = [
            CodedPiece(length: 2000, element: element, base: 1000..<3000),
            CodedPiece(length: 1000, element: element, base: 3000..<4000),
            CodedPiece(length: 400, element: element),
            CodedPiece(length: 503, element: .byte, base: 0..<903),
        ]
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: pieces)
        var generator = Generator(seed: 22)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = payload
            mutate(&damaged, &generator)
            do {
                _ = try codec.decoded(damaged, .delta, base: base, count: new.count)
            } catch is DeltaError {
                refused += 1
            }
        }
        #expect(refused > 1000)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    /// Scaled runs with rows, weight decay and directions.
    @Test(arguments: [ElementKind.bfloat16, .float32]) func damagedScaledRun(_ element: ElementKind) throws {
        let rowLength = 64
        let base = Samples.weights(element, bytes: 200 * rowLength * element.width, seed: 23)
        var new = Samples.drifted(base, element, rowLength: rowLength, seed: 24)
        if element == .float32 {
            new = new.prefix(new.count / 2) + Samples.decayed(Array(base.suffix(base.count / 2)), by: 1e-5, times: 9)
        }
        let piece = CodedPiece(length: new.count, element: element, base: 0..<base.count, rowLength: rowLength)
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: [piece])
        var generator = Generator(seed: 25)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = payload
            mutate(&damaged, &generator)
            do {
                _ = try codec.decoded(damaged, .delta, base: base, count: new.count)
            } catch is DeltaError {
                refused += 1
            }
        }
        #expect(refused > 1000)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            // Most damage is done near the front, where the structure is.
            let span = Bool.random(using: &generator) ? min(bytes.count, 60) : bytes.count
            guard span > 0 else { return }
            let index = Int.random(in: 0..<span, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            case 2: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &generator)]
            case 3: bytes.remove(at: index)
            case 4: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
            default: bytes.removeLast(min(bytes.count, index))
            }
        }
    }
}
