/// A small safetensors file with bfloat16 weights, which training changes a little.
struct SimulatedCheckpoint: Sendable {
    private struct Tensor {
        var name: String
        var rows: Int
        var columns: Int
        var weights: [Float]
    }

    private var tensors: [Tensor] = []

    /// Creates a random model of 4 to 16 KB.
    init(random: inout SeededRandom) {
        let columns = random.pick([32, 64, 128])
        for index in 0..<random.pick(2..<5) {
            // The first tensor is large enough for a delta to pay off.
            let rows = index == 0 ? 2048 / columns : random.pick(1..<1536 / columns)
            tensors.append(
                Tensor(
                    name: "layer.\(index).weight", rows: rows, columns: columns,
                    weights: (0..<rows * columns).map { _ in random.normal() * 0.03 }))
        }
    }

    /// Changes most weights like a training step; some tensors keep their values.
    mutating func train(random: inout SeededRandom) {
        let frozen = random.pick(1..<tensors.count)
        for index in tensors.indices where index != frozen {
            for position in tensors[index].weights.indices {
                tensors[index].weights[position] += random.normal() * 5e-5
            }
        }
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        var header = "{"
        var data: [UInt8] = []
        for tensor in tensors {
            let begin = data.count
            for weight in tensor.weights {
                let bits = weight.bitPattern >> 16
                data.append(UInt8(truncatingIfNeeded: bits))
                data.append(UInt8(truncatingIfNeeded: bits >> 8))
            }
            header += header.utf8.count > 1 ? "," : ""
            header += "\"\(tensor.name)\":{\"dtype\":\"BF16\",\"shape\":[\(tensor.rows),\(tensor.columns)],"
            header += "\"data_offsets\":[\(begin),\(data.count)]}"
        }
        header += "}"
        while header.utf8.count % 8 != 0 { header += " " }
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
    }
}
