import ModmetaDelta
import ModmetaFormats

/// Valid payloads of every kind, small enough to decode thousands of times per second.
enum FuzzSamples {
    /// A valid payload and what is needed to decode it.
    struct Sample: Sendable {
        var payload: [UInt8]
        var encoding: Manifest.Encoding
        var base: [UInt8]
        var count: Int
    }

    static func make(_ family: String) throws -> [Sample] {
        switch family {
        case "general": try general()
        case "scaled": try scaled()
        case "levelled": try levelled()
        default: try nested()
        }
    }

    private static func delta(
        _ new: [UInt8], _ base: [UInt8], _ element: ElementKind, row: Int? = nil
    ) throws -> Sample {
        let piece = CodedPiece(length: new.count, element: element, base: 0..<base.count, rowLength: row)
        let payload = try ChunkCodec().delta(new, base: base, pieces: [piece])
        return .init(payload: payload, encoding: .delta, base: base, count: new.count)
    }

    private static func full(_ new: [UInt8], _ element: ElementKind, row: Int? = nil) throws -> [Sample] {
        let piece = CodedPiece(length: new.count, element: element, rowLength: row)
        return try ChunkCodec().full(new, pieces: [piece]).map {
            [.init(payload: $0, encoding: .full, base: [], count: new.count)]
        } ?? []
    }

    private static func general() throws -> [Sample] {
        var samples: [Sample] = []
        for element in [ElementKind.byte, .integer16, .integer32, .integer64, .float64, .bfloat16] {
            let base = Samples.weights(element, bytes: 1200, seed: 81)
            let new = Samples.trained(Array(base[400...]), element, seed: 82) + base[0..<303]
            let pieces = [
                CodedPiece(length: 400, element: element, base: 400..<800),
                CodedPiece(length: 400, element: element, base: 800..<1200),
                CodedPiece(length: 303, element: .byte, base: 0..<903),
            ]
            let payload = try ChunkCodec().delta(new, base: base, pieces: pieces)
            samples.append(.init(payload: payload, encoding: .delta, base: base, count: new.count))
            samples += try full([UInt8](repeating: 7, count: 300) + base, element)
        }
        return samples
    }

    private static func scaled() throws -> [Sample] {
        var samples: [Sample] = []
        for element in [ElementKind.bfloat16, .float16, .float32] {
            let base = Samples.weights(element, bytes: 1500 * element.width, seed: 83)
            samples.append(try delta(Samples.stepped(base, element, seed: 84), base, element, row: 100))
            samples.append(
                try delta(Samples.drifted(base, element, rowLength: 20, seed: 85), base, element, row: 20))
        }
        for element in [ElementKind.integer8, .float8E4M3, .float8E5M2, .packed4, .packedFloat4] {
            let base = Samples.weights(element, bytes: 2000, seed: 86)
            var new = base
            for index in stride(from: 0, to: new.count, by: 9) { new[index] &+= 1 }
            samples.append(try delta(new, base, element, row: 100))
        }
        let base = Samples.weights(.float32, bytes: 100 * 80, seed: 87)
        samples.append(try delta(Samples.decayed(base, by: 1e-5, times: 9), base, .float32, row: 100))
        return samples
    }

    private static func levelled() throws -> [Sample] {
        var samples: [Sample] = []
        for element in [ElementKind.bfloat16, .float16, .float32, .float8E4M3, .float8E5M2] {
            let new = Samples.weights(element, bytes: 1500 * element.width, seed: 88)
            // Bell-shaped bytes for 8-bit floats.
            let bytes = element.width > 1 ? new : new.map { $0 & 0x83 | 0x38 }
            samples += try full(bytes, element, row: 100)
        }
        return samples
    }

    private static func nested() throws -> [Sample] {
        var samples: [Sample] = []
        for element in ElementKind.allCases where !element.fields.isEmpty {
            let base = Samples.weights(element, bytes: max(8, 2000 / element.width) * element.width, seed: 89)
            var new = base
            for index in stride(from: 0, to: new.count, by: 11) { new[index] &+= 1 }
            samples.append(try delta(new, base, element, row: 4))
            samples += try full(base.map { $0 & 0x3F }, element)
        }
        let halves = Samples.weights(.bfloat16, bytes: 1000, seed: 90)
        let stepped = Samples.stepped(halves, .bfloat16, seed: 91)
        func wide(_ bytes: [UInt8]) -> [UInt8] {
            stride(from: 0, to: bytes.count, by: 2).flatMap { [0, 0, bytes[$0], bytes[$0 + 1]] }
        }
        func wider(_ bytes: [UInt8]) -> [UInt8] {
            stride(from: 0, to: bytes.count, by: 4).flatMap { start -> [UInt8] in
                let bits = bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let double = Double(Float(bitPattern: bits)).bitPattern
                return (0..<8).map { UInt8(truncatingIfNeeded: double >> UInt64(8 * $0)) }
            }
        }
        samples.append(try delta(wide(stepped), wide(halves), .float32, row: 50))
        samples.append(try delta(wider(wide(stepped)), wider(wide(halves)), .float64, row: 50))
        samples += try full(wide(stepped), .float32) + full(wider(wide(stepped)), .float64)
        return samples
    }
}
