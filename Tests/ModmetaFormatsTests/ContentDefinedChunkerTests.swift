import ModmetaFormats
import ModmetaTesting
import Testing

@Suite struct ContentDefinedChunkerTests {
    private static let random: [UInt8] = {
        var generator = SeededRandom(seed: 7)
        var bytes: [UInt8] = []
        for _ in 0..<2_000_000 { withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
        return bytes
    }()

    /// Splits bytes passed in buffers of repeating sizes.
    private func cuts(_ bytes: [UInt8], sizes: [Int]) -> [UInt64] {
        var chunker = ContentDefinedChunker()
        var cuts: [UInt64] = []
        bytes.withUnsafeBytes { all in
            var position = 0
            var turn = 0
            while position < all.count {
                let end = min(all.count, position + sizes[turn % sizes.count])
                cuts += chunker.update(UnsafeRawBufferPointer(rebasing: all[position..<end]))
                (position, turn) = (end, turn + 1)
            }
        }
        if let last = chunker.finish() { cuts.append(last) }
        return cuts
    }

    @Test func findsTheCutsTheFormatFixes() {
        // Recorded once: another result is another format.
        let fixed: [UInt64] = [
            1_842_046, 3_249_054, 4_336_902, 5_433_518, 6_581_406, 7_712_849, 8_892_388, 10_062_632, 11_096_243,
            12_214_163, 13_829_132, 14_882_372, 16_000_000,
        ]
        #expect(cuts(Self.random, sizes: [.max / 2]) == fixed)
    }

    @Test(arguments: [[1 << 16], [262_144], [1_000_003], [1, 63, 64, 65, 300_000], [4_194_304, 1], [7777]])
    func cutsDoNotDependOnBuffers(_ sizes: [Int]) {
        #expect(cuts(Self.random, sizes: sizes) == cuts(Self.random, sizes: [16_000_000]))
    }

    @Test func feedsSingleBytes() {
        let bytes = Array(Self.random.prefix(3_000_000))
        #expect(cuts(bytes, sizes: [1]) == cuts(bytes, sizes: [3_000_000]))
    }

    @Test func keepsWithinLimitsAndNearTheNormalLength() {
        let all = cuts(Self.random, sizes: [1 << 20])
        let lengths = zip([0] + all, all).map { $1 - $0 }
        #expect(all.last == UInt64(Self.random.count))
        #expect(lengths.allSatisfy { $0 <= UInt64(ContentDefinedChunker.maximum) })
        #expect(lengths.dropLast().allSatisfy { $0 >= UInt64(ContentDefinedChunker.minimum) })
        let average = Self.random.count / lengths.count
        #expect((700_000...1_600_000).contains(average))
    }

    @Test(arguments: [1, 100, 70_000, 1_500_000])
    func anInsertionAtTheFrontChangesFewChunks(_ count: Int) {
        let before = cuts(Self.random, sizes: [1 << 20])
        let after = cuts(Array(repeating: 0x5A, count: count) + Self.random, sizes: [1 << 20])
        let kept = Set(after.filter { $0 >= UInt64(count) }.map { $0 - UInt64(count) }).intersection(before)
        #expect(kept.count >= before.count - 4)
    }

    @Test func cutsConstantBytesAtTheMaximum() {
        let zeros = [UInt8](repeating: 0, count: 9_000_000)
        #expect(cuts(zeros, sizes: [100_000]) == [4_194_304, 8_388_608, 9_000_000])
    }

    @Test func endsOnceAndStartsAgain() {
        var chunker = ContentDefinedChunker()
        #expect(chunker.finish() == nil)
        _ = chunker.update(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(chunker.finish() == nil)
        _ = [1, 2, 3].withUnsafeBytes { chunker.update($0) }
        #expect(chunker.finish() == 24)
        #expect(chunker.finish() == nil)
    }
}
