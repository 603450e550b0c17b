import ModmetaDelta
import ModmetaFormats
import Testing

/// Blocks of quantized numbers, whose scales and quants are coded separately.
@Suite struct BlockRunTests {
    static let blocks = ElementKind.allCases.filter { !$0.fields.isEmpty }

    /// The block sizes of ggml.
    @Test func widthsAreThoseOfGGML() {
        let widths = BlockRunTests.blocks.map(\.width)
        #expect(widths == [18, 20, 22, 24, 34, 84, 110, 144, 176, 210, 292, 18, 136, 17, 36])
        for block in BlockRunTests.blocks {
            #expect(block.fields.allSatisfy { $0.element.fields.isEmpty && $0.length % $0.element.width == 0 })
        }
    }

    @Test(arguments: blocks, [1, 3, 500]) func roundTrip(_ element: ElementKind, count: Int) throws {
        // Part of a block after the last whole one.
        for rest in [0, 1, element.width - 1] {
            let base = Samples.weights(element, bytes: count * element.width + rest, seed: 61)
            var new = base
            for index in stride(from: 0, to: new.count, by: 5) { new[index] &+= 1 }
            let codec = ChunkCodec()
            let piece = CodedPiece(length: new.count, element: element, base: 0..<base.count, rowLength: 12)
            let payload = try codec.delta(new, base: base, pieces: [piece])
            #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
            if let full = try codec.full(new, pieces: [CodedPiece(length: new.count, element: element)]) {
                #expect(try codec.decoded(full, .full, count: new.count) == new)
            }
        }
    }

    /// Q8_0 after a small step: scales move by units in the last place, quants by one now and then.
    @Test func scalesAndQuantsAreCodedApart() throws {
        var generator = Generator(seed: 62)
        var base: [UInt8] = []
        var new: [UInt8] = []
        for _ in 0..<6000 {
            let scale = UInt16.random(in: 0x1400...0x17FF, using: &generator)
            let moved = scale &+ UInt16.random(in: 0...3, using: &generator)
            base += [UInt8(scale & 0xFF), UInt8(scale >> 8)]
            new += [UInt8(moved & 0xFF), UInt8(moved >> 8)]
            for _ in 0..<32 {
                let quant = Int8.random(in: -127...127, using: &generator)
                base.append(UInt8(bitPattern: quant))
                new.append(UInt8(bitPattern: Int.random(in: 0..<20, using: &generator) == 0 ? quant &- 1 : quant))
            }
        }
        let codec = ChunkCodec()
        let piece = CodedPiece(length: new.count, element: .q80, base: 0..<base.count, rowLength: 12)
        let apart = try codec.delta(new, base: base, pieces: [piece])
        // 2 bits for a scale, 32 * 0.29 for the quants.
        #expect(apart.count < 6000 * 13 / 8)
        let bytes = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: new.count, element: .byte, base: 0..<base.count)])
        #expect(apart.count * 2 < bytes.count)
    }

    /// Nested blocks are refused, so that decoding has bounded memory and depth.
    @Test func blocksInBlocksAreRefused() throws {
        let payload =
            HostilePayloadTests.intro + [34, 0, 1, 0, 3, 0, 3, 0, 34, 0] + [20, 5, 34] + [16, 0, 2, 0, 2, 1, 2]
        let error = #expect(throws: DeltaError.self) { try ChunkCodec().decoded(payload, .full, count: 34) }
        #expect(error?.message.contains("is not allowed in the enclosing run") == true)
    }
}
