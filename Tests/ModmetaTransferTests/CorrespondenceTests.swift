import Foundation
import ModmetaFormats
import ModmetaStore
import ModmetaTransfer
import Testing

/// What a new file has in common with stored ones is found, however it is arranged.
@Suite struct CorrespondenceTests {
    /// A model of a few small tensors.
    private static func model() -> SyntheticCheckpoint {
        SyntheticCheckpoint(
            seed: 4,
            shapes: [("encoder.embed.weight", 1500, 512)] + (0..<3).map { ("encoder.layer.\($0).weight", 128, 512) })
    }

    /// A model whose tensors are a chunk each: of smaller ones a shard would be read with its neighbours' bytes.
    private static let large = SyntheticCheckpoint(
        seed: 5, shapes: (0..<7).map { ("encoder.layer.\($0).weight", 2100, 512) })

    private static let threeShards = [[0], [1, 2, 3], [4, 5, 6]]
    private static let sevenShards = (0..<7).map { [$0] }

    struct Sharding: Sendable {
        let before: [[Int]]
        let after: [[Int]]
    }

    @Test(arguments: [
        Sharding(before: threeShards, after: sevenShards), Sharding(before: sevenShards, after: threeShards),
    ])
    func shardingAnewCostsAlmostNothing(_ sharding: Sharding) async throws {
        let bench = try Workbench()
        let model = Self.large
        for shard in sharding.before { try await bench.push(model.file(order: shard)) }
        let before = try await bench.storedBytes()
        var size = 0
        var pushed: [(ObjectID, [UInt8])] = []
        for shard in sharding.after {
            let file = model.file(order: shard)
            size += file.count
            pushed.append((try await bench.push(file), file))
        }
        #expect(try await bench.storedBytes() - before < size / 100)
        let reader = try Workbench(store: bench.store)
        for (object, file) in pushed { #expect(try await reader.fetch(object, size: file.count) == file) }
    }

    @Test(arguments: [("", "module."), ("module.", ""), ("module.", "base_model.model.")])
    func prefixesDoNotMatter(old: String, new: String) async throws {
        let bench = try Workbench()
        func renamed(_ prefix: String) -> SyntheticCheckpoint {
            var model = Self.model()
            for index in model.tensors.indices { model.tensors[index].name = prefix + model.tensors[index].name }
            return model
        }
        try await bench.push(renamed(old).file())
        let before = try await bench.storedBytes()
        let file = renamed(new).file(order: [3, 2, 1, 0])
        let object = try await bench.push(file)
        #expect(try await bench.storedBytes() - before < file.count / 100)
        #expect(try await Workbench(store: bench.store).fetch(object, size: file.count) == file)
    }

    @Test func anotherLayerIsNoBase() async throws {
        let bench = try Workbench()
        let first = try await bench.push(Self.large.file(order: [1]))
        // The same shape and the same last part of the name, but other weights.
        let object = try await bench.push(Self.large.file(order: [2]), after: [first])
        #expect(try await bench.manifest(of: object).entries.allSatisfy { $0.encoding != .delta })
    }

    @Test func newRowsAreAllThatAGrownVocabularyCosts() async throws {
        let bench = try Workbench()
        var model = Self.model()
        let first = try await bench.push(model.file())
        model.tensors[0].rows += 100
        model.tensors[0].weights += (0..<100 * 512).map { Float($0 % 97) * 0.001 }
        var before = try await bench.storedBytes()
        let second = try await bench.push(model.file(), after: [first])
        #expect(try await bench.storedBytes() - before < 100 * 512 * 2 + 20_000)
        model.train()
        before = try await bench.storedBytes()
        let file = model.file()
        let third = try await bench.push(file, after: [second, first])
        #expect(try await bench.storedBytes() - before < file.count / 4)
        #expect(try await Workbench(store: bench.store).fetch(third, size: file.count) == file)
    }

    @Test func aTorchArchiveCostsWhatItsTensorsCost() async throws {
        var model = SyntheticCheckpoint.model()
        let (plain, torch) = (try Workbench(), try Workbench())
        let first = (
            try await plain.push(model.file()), try await torch.push(TorchArchive.file(model, root: "m", save: 1))
        )
        model.train()
        let before = (try await plain.storedBytes(), try await torch.storedBytes())
        _ = try await plain.push(model.file(), after: [first.0])
        // Another root moves no tensor but changes every header; the checksums are new in any case.
        let file = TorchArchive.file(model, root: "another_name", save: 2)
        let object = try await torch.push(file, after: [first.1])
        let cost = (try await plain.storedBytes() - before.0, try await torch.storedBytes() - before.1)
        #expect(Double(cost.1) < 1.02 * Double(cost.0) + 2048)
        let reader = try Workbench(store: torch.store)
        #expect(try await reader.fetch(object, size: file.count) == file)
        #expect(try await torch.manifest(of: object).layout.format == .pytorch)
    }

    @Test func savingInAnotherFormatCostsItsHeaders() async throws {
        let bench = try Workbench()
        let model = SyntheticCheckpoint.model()
        let first = try await bench.push(model.file())
        let before = try await bench.storedBytes()
        let file = TorchArchive.file(model, root: "m", save: 1)
        let object = try await bench.push(file, after: [first])
        #expect(try await bench.storedBytes() - before < file.count / 100)
        #expect(try await Workbench(store: bench.store).fetch(object, size: file.count) == file)
    }

    /// Every hostile checkpoint of the parsers' tests, long enough to be cut into chunks.
    @Test(arguments: ["pytorch-hostile", "gguf-hostile", "numpy-hostile"])
    func hostileFilesArePushedLikeAnyOther(_ folder: String) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("ModmetaFormatsTests/Fixtures/\(folder)")
        let bench = try Workbench()
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        #expect(names.count >= 20)
        for name in names {
            var file = [UInt8](try Data(contentsOf: root.appendingPathComponent(name)))
            if folder == "gguf-hostile" { file += [UInt8](repeating: 7, count: 300_000) }
            let object = try await bench.push(file)
            #expect(try await bench.fetch(object, size: file.count) == file)
        }
    }
}
