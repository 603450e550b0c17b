import ModmetaFormats
import Testing

/// Files written by `torch.save` of PyTorch 1.13, and one of 2.13.
@Suite struct PyTorchLayoutTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let file: String
        let tensors: [String]
        var aliases: [String] = []
        var testDescription: String { file }
    }

    static let files = [
        Golden(file: "state-dict", tensors: ["a F32 [2, 3] 448+24", "b BF16 [4] 576+8", "c F32 [0, 5] 704+0"]),
        Golden(
            file: "dtypes",
            tensors: [
                "c C64 [3] 768+24", "h F16 [5] 896+10", "u U8 [5] 1024+5", "i8 I8 [5] 1152+5", "i64 I64 [5] 1280+40",
                "d F64 [1] 1408+8", "b BOOL [2] 1536+2",
            ]),
        Golden(file: "divided", tensors: ["first F32 [4] 448+16", "second F32 [2, 2] 464+16", "third F32 [4] 480+16"]),
        Golden(
            file: "tied", tensors: ["emb F32 [16] 448+64"],
            aliases: ["tied = emb", "view_of_same = emb", "half = emb"]),
        Golden(file: "strided", tensors: ["t F64 [6] 384+48", "bloat I32 [100] 512+400"]),
        Golden(
            file: "module",
            tensors: [
                "0.weight F32 [4, 8] 1472+128", "0.bias F32 [4] 1664+16", "2.weight F32 [2, 4] 1792+32",
                "2.bias F32 [2] 1920+8",
            ]),
        Golden(
            file: "torchscript",
            tensors: [
                "0.weight F32 [4, 8] 64+128", "0.bias F32 [4] 320+16", "2.weight F32 [2, 4] 448+32",
                "2.bias F32 [2] 576+8",
            ]),
        Golden(file: "parameter", tensors: ["tensor F32 [3] 384+12"]),
        Golden(
            file: "attributes",
            tensors: [
                "flat F32 [3] 1088+12", "flat.scale F32 [2] 1216+8", "parameter F32 [2, 2] 1344+16",
                "plain F32 [1] 1472+4",
            ]),
        Golden(file: "quantized", tensors: ["tensor QI8 [4, 4] 384+16"]),
        Golden(
            file: "quantized-channel",
            tensors: ["q QI8 [4, 4] 512+16", "q.4.1 F32 [4] 640+16", "q.4.2 F32 [4] 768+16"]),
        Golden(file: "sparse", tensors: ["s.1.0 I64 [2, 2] 512+32", "s.1.1 F32 [2] 640+8"]),
        Golden(file: "protocol4", tensors: ["a F32 [2] 320+8"]),
        Golden(file: "protocol5", tensors: ["a F32 [2] 320+8"]),
        Golden(file: "no-tensors", tensors: []),
        Golden(file: "imports-os-system", tensors: ["a F32 [2] 384+8"]),
    ]

    @Test(arguments: files)
    func readsWhatTorchWrote(_ golden: Golden) throws {
        let reading = try PyTorchLayout.parse(MemorySource(try Fixture.bytes("pytorch/\(golden.file).pt")))
        #expect(reading.layout.format == .pytorch)
        #expect(reading.layout.tensors.map(\.summary) == golden.tensors)
        #expect(reading.aliases.map { "\($0.name) = \($0.tensor)" } == golden.aliases)
    }

    @Test func namesWhatTrainingScriptsSave() throws {
        let layout = try Layout.read(MemorySource(try Fixture.bytes("pytorch/training.pt"))).layout
        let names = Set(layout.tensors.map(\.name))
        #expect(names.count == 19)
        for name in ["model.0.weight", "optimizer.state.3.exp_avg_sq", "rng.torch", "list.0", "list.1.0"] {
            #expect(names.contains(name))
        }
    }

    @Test func leavesTheLegacyFormOpaqueAndSaysSo() throws {
        let reading = try Layout.read(MemorySource(try Fixture.bytes("pytorch/legacy.pt")))
        #expect(reading.layout.format == .opaque)
        #expect(reading.violation?.message.hasPrefix("plain pickles") == true)
    }

    @Test func doesNotReadTheWeights() throws {
        // A storage of 2 TB: only its local header may be read.
        let file = try SparseArchive(tensorSize: 1 << 41)
        let reading = try Layout.read(file)
        #expect(reading.layout.tensors.map(\.summary) == ["a F32 [549755813888] \(file.dataOffset)+\(1 << 41)"])
    }
}

extension Layout.Tensor {
    /// Name, type, shape, offset and length.
    var summary: String { "\(name) \(dtype) \(shape) \(range.lowerBound)+\(range.count)" }
}
