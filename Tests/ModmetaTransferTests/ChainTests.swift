import ModmetaFormats
import ModmetaStore
import ModmetaTransfer
import Testing

@Suite struct ChainTests {
    @Test func aLongSeriesKeepsReadsBounded() async throws {
        let bench = try Workbench()
        var model = SyntheticCheckpoint(
            seed: 3, shapes: [("embed.weight", 4000, 512), ("layer.weight", 384, 512), ("layer.bias", 1, 384)])
        var previous: [ObjectID] = []
        var shares: [Double] = []
        var sent: [Int] = []
        for _ in 0..<20 {
            let file = model.file()
            let before = try await bench.storedBytes()
            let object = try await bench.push(file, after: previous)
            sent.append(try await bench.storedBytes() - before)
            let manifest = try await bench.manifest(of: object)
            shares.append(Double(manifest.readLength) / Double(file.count))
            previous = [object]
            model.train()
        }
        #expect(shares.allSatisfy { $0 <= 1.5 })
        #expect(shares.reduce(0, +) / 20 <= 1.0)
        // Coding some versions against an older one costs little on the whole.
        let added = sent.dropFirst()
        #expect(Double(added.reduce(0, +)) / 19 <= 1.25 * Double(sent[1]))
    }
}
