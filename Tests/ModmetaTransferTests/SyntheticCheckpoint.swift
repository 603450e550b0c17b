import ModmetaFormats
import ModmetaTesting

/// A small checkpoint with weights like real ones: bfloat16, normally distributed, moved a little by each step.
struct SyntheticCheckpoint {
    struct Tensor {
        var name: String
        var rows: Int
        var columns: Int
        var weights: [Float]

        /// The weights as bfloat16, rounded to nearest, ties to even, as torch casts.
        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(2 * weights.count)
            for weight in weights {
                let bits = weight.bitPattern
                let rounded = UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
                bytes.append(UInt8(truncatingIfNeeded: rounded))
                bytes.append(UInt8(truncatingIfNeeded: rounded >> 8))
            }
            return bytes
        }
    }

    var tensors: [Tensor]
    private var random: SeededRandom

    init(seed: UInt64, shapes: [(String, Int, Int)]) {
        random = SeededRandom(seed: seed)
        tensors = []
        for (name, rows, columns) in shapes {
            var weights: [Float] = []
            weights.reserveCapacity(rows * columns)
            for _ in 0..<rows * columns { weights.append(random.normal() * 0.03) }
            tensors.append(Tensor(name: name, rows: rows, columns: columns, weights: weights))
        }
    }

    /// A model of about 12 MB: one large matrix, several smaller ones, and vectors.
    static func model(seed: UInt64 = 1) -> SyntheticCheckpoint {
        SyntheticCheckpoint(
            seed: seed,
            shapes: [("embed.weight", 9000, 512)] + (0..<4).map { ("layer.\($0).weight", 384, 512) }
                + (0..<4).map { ("layer.\($0).bias", 1, 384) })
    }

    /// Moves every weight by a training step's worth.
    mutating func train(rate: Float = 2e-5) {
        for index in tensors.indices {
            for position in tensors[index].weights.indices {
                tensors[index].weights[position] += random.normal() * rate
            }
        }
    }

    /// The safetensors file.
    ///
    /// - Parameters:
    ///   - order: the order of the tensors' bytes; nil for their own.
    ///   - metadata: an entry that lengthens the header.
    func file(order: [Int]? = nil, metadata: String = "pt") -> [UInt8] {
        var header = "{\"__metadata__\":{\"format\":\"\(metadata)\"}"
        var data: [UInt8] = []
        for index in order ?? Array(tensors.indices) {
            let tensor = tensors[index]
            let begin = data.count
            data += tensor.bytes
            header +=
                ",\"\(tensor.name)\":{\"dtype\":\"BF16\",\"shape\":[\(tensor.rows),\(tensor.columns)],"
                + "\"data_offsets\":[\(begin),\(data.count)]}"
        }
        header += "}"
        while header.utf8.count % 8 != 0 { header += " " }
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
    }
}
