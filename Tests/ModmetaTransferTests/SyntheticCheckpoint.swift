import ModmetaFormats

/// A small checkpoint with weights like real ones: bfloat16, normally distributed, moved a little by each step.
struct SyntheticCheckpoint {
    struct Tensor {
        var name: String
        var rows: Int
        var columns: Int
        var weights: [Float]
    }

    var tensors: [Tensor]
    private var random: SplitMix

    init(seed: UInt64, shapes: [(String, Int, Int)]) {
        random = SplitMix(state: seed)
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
            for weight in tensor.weights {
                let bits = weight.bitPattern
                // Round to nearest, ties to even, as torch casts.
                let rounded = UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
                data.append(UInt8(truncatingIfNeeded: rounded))
                data.append(UInt8(truncatingIfNeeded: rounded >> 8))
            }
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

/// A small deterministic generator of random numbers (SplitMix64 of Steele, Lea and Flood).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// About a standard normal value: the sum of four uniform ones.
    mutating func normal() -> Float {
        let bits = next()
        let sum = (0..<4).reduce(0) { $0 + Int(bits >> (16 * UInt64($1)) & 0xffff) }
        return (Float(sum) / 65536 - 2) * 1.732
    }
}
