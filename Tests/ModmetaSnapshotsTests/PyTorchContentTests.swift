import Testing

@testable import ModmetaFormats
@testable import ModmetaSnapshots

/// Files written by PyTorch 1.13, and their contents according to PyTorch: Tests/ModmetaFormatsTests/Fixtures/pytorch.
@Suite struct PyTorchContentTests {
    private static let fixtures =
        "\(#filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined())/ModmetaFormatsTests/Fixtures/pytorch"

    private func fixture(_ name: String) throws -> [UInt8] {
        try CheckpointFile.bytes(of: "\(Self.fixtures)/\(name)")
    }

    private let a = SampleTensor(
        name: "a", shape: [2, 3],
        bytes: [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64])
    private let b = SampleTensor(name: "b", dtype: "BF16", shape: [4], bytes: [128, 63, 128, 63, 128, 63, 128, 63])
    private let c = SampleTensor(name: "c", shape: [0, 5], bytes: [])

    @Test func oneCheckpointInEveryFormHasOneHash() async throws {
        let (whole, shards, pytorch) = (try CheckpointFiles(), try CheckpointFiles(), try CheckpointFiles())
        try whole.write([c, b, a], to: "model.safetensors", metadata: "{\"format\":\"pt\"}")
        try shards.write([a], to: "model-00001-of-00003.safetensors")
        try shards.write([b], to: "model-00002-of-00003.safetensors")
        try shards.write([c], to: "model-00003-of-00003.safetensors")
        try shards.write("{}", to: "model.safetensors.index.json")
        try pytorch.write(try fixture("state-dict.pt"), to: "pytorch_model.bin")
        let expected = try await whole.content()
        #expect(try await shards.content() == expected)
        #expect(try await pytorch.content() == expected)
        var flipped = try fixture("state-dict.pt")
        flipped[448 + 23] ^= 1
        try pytorch.write(flipped, to: "pytorch_model.bin")
        #expect(try await pytorch.content() != expected)
    }

    @Test func stridedTensorsAreGathered() async throws {
        let view = StateDictionary.View(
            name: "t", dtype: "U8", width: 1, shape: [3, 2], strides: [1, 3], range: 0..<6, isContiguous: false,
            numbers: [3, 2])
        #expect(GatheredTensor([0, 1, 2, 3, 4, 5], as: view).digest == SHA256.hash([0, 3, 1, 4, 2, 5]))
        let files = try CheckpointFiles()
        try files.write(try fixture("strided.pt"), to: "pytorch_model.bin")
        let digest = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
        #expect(digest.tensorCount > 1)
        let strided = try #require(try StateDictionary(reading: MemorySource(fixture("strided.pt"))))
        let transposed = try #require(strided.views.first { $0.name == "t" })
        #expect(!transposed.isContiguous && transposed.shape == [3, 2] && transposed.strides == [1, 3])
    }

    @Test func tiedTensorsAreNamed() async throws {
        let files = try CheckpointFiles()
        try files.write(try fixture("tied.pt"), to: "pytorch_model.bin")
        let digest = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
        #expect(digest.notes.contains { $0.contains("tied and emb are tied") })
    }

    @Test(arguments: ["training.pt", "quantized.pt", "sparse.pt", "no-tensors.pt", "legacy.pt", "module.pt"])
    func whatHoldsMoreThanTensorsCountsWhole(_ name: String) async throws {
        let files = try CheckpointFiles()
        try files.write(try fixture(name), to: "x.pt")
        let digest = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
        #expect(digest.tensorCount == 0)
    }

    @Test func aTensorLargerThanItsMemoryIsNotGathered() {
        let expanded = StateDictionary.View(
            name: "t", dtype: "F32", width: 4, shape: [1 << 40, 1 << 40], strides: [0, 0], range: 0..<4,
            isContiguous: false, numbers: [1 << 40, 1 << 40])
        #expect(!GatheredTensor.canGather(expanded))
    }
}
