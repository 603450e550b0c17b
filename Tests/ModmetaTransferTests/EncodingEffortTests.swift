import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaDelta
@testable import ModmetaTransfer

/// How much is done for smaller payloads.
@Suite struct EncodingEffortTests {
    @Test("payloads that wait are worth more effort, on a slow line the most; those that need not wait are not")
    func followsTheLine() throws {
        let directory = try TemporaryDirectory()
        let window = TransferWindow(directory: directory.path, direction: .sending, line: "test", clock: .system)
        let effort = EncodingEffort(window)
        for _ in 0..<5 { effort.note(hasWaited: true) }
        #expect(effort.current.level == ChunkCodec.Effort.sampled.level)
        effort.note(hasWaited: true)
        #expect(effort.current.level == ChunkCodec.Effort.searching.level)
        for moment in 1...8 {
            window.record.note(
                LineState.Transfer(bytes: 1, duration: .seconds(60), hasWaited: true), at: .seconds(100 + moment))
        }
        #expect(effort.current.level == ChunkCodec.Effort.utmost.level && effort.current.writesAllForms)
        effort.note(hasWaited: false)
        #expect(effort.current.level == ChunkCodec.Effort.sampled.level)
    }

    @Test("more effort makes text smaller, and it is read all the same")
    func paysForText() throws {
        var random = SeededRandom(seed: 4)
        let words = (0..<300).map { _ in (0..<random.pick(2..<9)).map { _ in UInt8(random.pick(97..<123)) } }
        var text: [UInt8] = []
        while text.count < 200_000 { text += words[random.pick(0..<words.count)] + [32] }
        var sizes: [Int] = []
        for effort in [ChunkCodec.Effort.sampled, .searching, .utmost] {
            let codec = ChunkCodec(effort: effort)
            let payload = try text.withUnsafeBytes { text in
                try codec.encodeFull(text, pieces: [CodedPiece(length: text.count, element: .byte)])
            }
            let bytes = try #require(payload)
            try bytes.withUnsafeBytes { bytes in
                try text.withUnsafeBytes { text in
                    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                    try ChunkCodec().prove(bytes, encoding: .full, base: nothing, decodesTo: text)
                }
            }
            sizes.append(bytes.count)
        }
        #expect(sizes[1] < sizes[0] && sizes[2] <= sizes[1], "\(sizes)")
    }
}
