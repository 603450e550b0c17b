import ModmetaDelta
import ModmetaFormats
import Testing

@Suite struct ChunkCodecTests {
    struct Shape: CustomTestStringConvertible {
        var element: ElementKind
        var length: Int
        var testDescription: String { "\(element), \(length) bytes" }
    }

    static let shapes = ElementKind.allCases.flatMap { element in
        [1, 2, 3, 7, 8, 15, 64, 1001, 8192, 40_000, 262_147].map { Shape(element: element, length: $0) }
    }

    @Test(arguments: shapes) func deltaRoundTrip(_ shape: Shape) throws {
        let base = Samples.weights(shape.element, bytes: shape.length, seed: 1)
        let new = Samples.trained(base, shape.element, seed: 2)
        let pieces = [CodedPiece(length: new.count, element: shape.element, base: 0..<base.count)]
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: pieces)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    @Test(arguments: shapes) func fullRoundTrip(_ shape: Shape) throws {
        let new = Samples.weights(shape.element, bytes: shape.length, seed: 3)
        let codec = ChunkCodec()
        guard let payload = try codec.full(new, pieces: [CodedPiece(length: new.count, element: shape.element)]) else {
            return
        }
        #expect(payload.count < new.count)
        #expect(try codec.decoded(payload, .full, count: new.count) == new)
    }

    /// Pieces at odd offsets of chunk and base, in another order than in the base, some without a base.
    @Test(arguments: ElementKind.allCases) func scatteredPiecesRoundTrip(_ element: ElementKind) throws {
        let base = Samples.weights(element, bytes: 30_011, seed: 4)
        let trained = Samples.trained(base, element, seed: 5)
        let loose = Samples.weights(element, bytes: 2003, seed: 6)
        var new: [UInt8] = []
        var pieces: [CodedPiece] = []
        for range in [9001..<17_004, 1..<1000, 1000..<3001, 20_003..<30_011] {
            new += trained[range]
            pieces.append(CodedPiece(length: range.count, element: element, base: range))
            new += loose.prefix(range.lowerBound % 700)
            pieces.append(CodedPiece(length: range.lowerBound % 700, element: element))
        }
        let codec = ChunkCodec()
        let payload = try codec.delta(new, base: base, pieces: pieces)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    /// Forms are tried on samples of a run; here every change lies between the samples.
    @Test(arguments: ElementKind.allCases) func changesOutsideTheSampleRoundTrip(_ element: ElementKind) throws {
        let count = (1 << 20) / element.width * element.width
        let base = Samples.weights(element, bytes: count, seed: 11)
        var new = base
        for place in 0..<15 { new[20_000 + place * (count / 15)] ^= 0x55 }
        let codec = ChunkCodec()
        let payload = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: count, element: element, base: 0..<count)])
        #expect(try codec.decoded(payload, .delta, base: base, count: count) == new)
        #expect(payload.count < count / 64)
    }

    @Test func unalignedMemoryRoundTrip() throws {
        let base = Samples.weights(.float32, bytes: 50_001, seed: 7)
        let new = Samples.trained(base, .float32, seed: 8)
        let codec = ChunkCodec()
        let payload = try new.withUnsafeBytes { new in
            try base.withUnsafeBytes { base in
                try codec.encodeDelta(
                    UnsafeRawBufferPointer(rebasing: new[1...]), base: UnsafeRawBufferPointer(rebasing: base[1...]),
                    pieces: [CodedPiece(length: 50_000, element: .float32, base: 0..<50_000)])
            }
        }
        let decoded = try codec.decoded(payload, .delta, base: Array(base[1...]), count: 50_000)
        #expect(decoded == Array(new[1...]))
    }

    @Test func trainedWeightsShrink() throws {
        let base = Samples.weights(.bfloat16, bytes: 1 << 18, seed: 9)
        let new = Samples.trained(base, .bfloat16, seed: 10)
        let payload = try ChunkCodec().delta(
            new, base: base, pieces: [CodedPiece(length: new.count, element: .bfloat16, base: 0..<base.count)])
        #expect(payload.count * 4 < new.count)
    }

    /// Filter 3 is chosen for trained floats, and round-trips.
    @Test(arguments: [ElementKind.bfloat16, .float16, .float32], [120_000, 120_002, 300_004])
    func stepsOfOneSizeAreScaled(_ element: ElementKind, length: Int) throws {
        let base = Samples.weights(element, bytes: length, seed: 60)
        let new = Samples.stepped(base, element, seed: 61)
        let codec = ChunkCodec()
        let payload = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: length, element: element, base: 0..<length)])
        let run: [UInt8] = [element.rawValue, 3]
        #expect((0..<40).contains { Array(payload[$0..<$0 + 2]) == run }, "no scaled run at the front")
        #expect(try codec.decoded(payload, .delta, base: base, count: length) == new)
    }

    @Test func unchangedChunkIsAFewBytes() throws {
        let base = Samples.weights(.bfloat16, bytes: 1 << 18, seed: 11)
        let payload = try ChunkCodec().delta(
            base, base: base, pieces: [CodedPiece(length: base.count, element: .bfloat16, base: 0..<base.count)])
        #expect(payload.count < 64)
    }

    @Test func randomBytesHaveNoFullPayload() throws {
        let new = Samples.weights(.byte, bytes: 300_000, seed: 12)
        #expect(try ChunkCodec().full(new, pieces: [CodedPiece(length: new.count, element: .byte)]) == nil)
    }

    @Test func emptyChunkRoundTrip() throws {
        let codec = ChunkCodec()
        let payload = try codec.delta([], base: [1, 2, 3], pieces: [])
        #expect(try codec.decoded(payload, .delta, base: [1, 2, 3], count: 0) == [])
    }

    @Test func encodingDoesNotDependOnWhatTheCodecDidBefore() throws {
        let base = Samples.weights(.float16, bytes: 100_000, seed: 13)
        let new = Samples.trained(base, .float16, seed: 14)
        let pieces = [CodedPiece(length: new.count, element: .float16, base: 0..<base.count)]
        let used = ChunkCodec()
        _ = try used.full(
            Samples.weights(.float64, bytes: 200_000, seed: 15),
            pieces: [
                CodedPiece(length: 200_000, element: .float64)
            ])
        #expect(try used.delta(new, base: base, pieces: pieces) == ChunkCodec().delta(new, base: base, pieces: pieces))
    }

    /// Finds text again after bytes were inserted and removed in the middle.
    @Test func movedBytesAreFoundBySuffixes() throws {
        let base = Samples.weights(.byte, bytes: 60_000, seed: 16)
        let new =
            Array(base[0..<10_000]) + [1, 2, 3] + base[30_000..<60_000] + base[10_000..<29_000]
        let codec = ChunkCodec()
        let payload = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: new.count, element: .byte, base: 0..<base.count)])
        #expect(payload.count < 300)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    /// A tensor that gained rows stays a delta for its old rows.
    @Test func grownTensorKeepsItsBase() throws {
        let base = Samples.weights(.bfloat16, bytes: 200_000, seed: 17)
        let new = Samples.trained(base, .bfloat16, seed: 18) + Samples.weights(.bfloat16, bytes: 2000, seed: 19)
        let codec = ChunkCodec()
        let payload = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: new.count, element: .bfloat16, base: 0..<base.count)])
        #expect(payload.count * 3 < new.count)
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    /// The scan gives up early on input that makes it slow, and the result still round-trips.
    @Test(arguments: [0, 1, 2]) func repetitiveBytesRoundTrip(_ variant: Int) throws {
        var base = [UInt8](repeating: 0, count: 50_000)
        var new = [UInt8](repeating: 0, count: 40_001)
        for index in stride(from: 0, to: new.count, by: 97 + variant) { new[index] = UInt8(index % 3) }
        for index in stride(from: 0, to: base.count, by: 89) where variant > 0 { base[index] = UInt8(index % variant) }
        base[0] = 9
        base[base.count - 1] = 9
        let codec = ChunkCodec()
        let payload = try codec.delta(
            new, base: base, pieces: [CodedPiece(length: new.count, element: .byte, base: 0..<base.count)])
        #expect(try codec.decoded(payload, .delta, base: base, count: new.count) == new)
    }

    @Test func callersMistakesAreErrors() throws {
        let codec = ChunkCodec()
        let bytes = [UInt8](repeating: 1, count: 10)
        let short = #expect(throws: DeltaError.self) {
            try codec.full(bytes, pieces: [CodedPiece(length: 9, element: .byte)])
        }
        #expect(short?.code == .malformed)
        let outside = #expect(throws: DeltaError.self) {
            try codec.delta(bytes, base: bytes, pieces: [CodedPiece(length: 10, element: .byte, base: 1..<11)])
        }
        #expect(outside?.code == .malformed)
        let long = [UInt8](repeating: 0, count: ChunkLimits.maximum + 1)
        let tooLong = #expect(throws: DeltaError.self) {
            try codec.full(long, pieces: [CodedPiece(length: long.count, element: .byte)])
        }
        #expect(tooLong?.code == .limitExceeded)
    }
}
