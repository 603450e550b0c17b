import ModmetaDelta
import ModmetaFormats

/// Two files of three tensors each, in another order in the new file, with headers of different lengths.
struct PatchFiles {
    let directory = ScratchDirectory()
    let oldBytes: [UInt8]
    let newBytes: [UInt8]
    let old: String
    let new: String
    let plan: PatchPlan

    var patch: String { directory.path + "/patch" }
    var output: String { directory.path + "/output" }

    init(bytes: Int = 60_000) throws {
        let lengths = ["a": bytes, "b": bytes / 2, "c": 4096]
        let header = Array("{\"a\":1,\"b\":2,\"c\":3}".utf8)
        let newHeader = Array("{\"b\":2,\"a\":1,\"c\":3,\"__metadata__\":{\"step\":\"200\"}}".utf8)
        var values: [String: [UInt8]] = [:]
        for (name, length) in lengths {
            values[name] = Samples.weights(.bfloat16, bytes: length, seed: UInt64(length))
        }
        func file(_ header: [UInt8], _ names: [String], trained: Bool) -> ([UInt8], Layout) {
            var bytes = header
            var tensors: [Layout.Tensor] = []
            for name in names {
                let value = values[name, default: []]
                let start = UInt64(bytes.count)
                bytes += trained ? Samples.trained(value, .bfloat16, seed: 7) : value
                tensors.append(
                    Layout.Tensor(
                        name: name, dtype: "BF16", element: .bfloat16, shape: [UInt64(value.count / 2)],
                        range: start..<UInt64(bytes.count)))
            }
            return (bytes, Layout(format: .safetensors, size: UInt64(bytes.count), tensors: tensors))
        }
        let oldLayout: Layout
        let newLayout: Layout
        (oldBytes, oldLayout) = file(header, ["a", "b", "c"], trained: false)
        (newBytes, newLayout) = file(newHeader, ["b", "a", "c"], trained: true)
        var pieces = [
            PlannedChunk.Piece(tensor: nil, range: 0..<UInt64(newHeader.count), element: .byte)
        ]
        for (index, tensor) in newLayout.tensors.enumerated() {
            pieces.append(PlannedChunk.Piece(tensor: index, range: tensor.range, element: tensor.element))
        }
        // Two chunks, the second with everything after the first tensor.
        let cut = newLayout.tensors[0].range.upperBound
        let chunks = [
            PlannedChunk(range: 0..<cut, pieces: Array(pieces[..<2])),
            PlannedChunk(range: cut..<newLayout.size, pieces: Array(pieces[2...])),
        ]
        plan = PatchPlan(old: oldLayout, new: newLayout, chunks: chunks)
        old = try directory.write(oldBytes, "old")
        new = try directory.write(newBytes, "new")
    }
}
