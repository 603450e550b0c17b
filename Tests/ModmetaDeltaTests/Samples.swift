import ModmetaDelta
import ModmetaFormats

/// A small deterministic generator (xorshift64*), so that failures reproduce everywhere.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// Bytes that look like tensors before and after a step of training.
enum Samples {
    /// Bell-shaped values in the given element kind, as little-endian bytes.
    static func weights(_ element: ElementKind, bytes: Int, seed: UInt64) -> [UInt8] {
        var generator = Generator(seed: seed)
        var result: [UInt8] = []
        while result.count < bytes {
            let value = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -0.05...0.05, using: &generator) }
            switch element {
            case .integer16: append(UInt16.random(in: 0..<512, using: &generator), to: &result)
            case .integer32: append(UInt32.random(in: 0..<100_000, using: &generator), to: &result)
            case .integer64: append(UInt64.random(in: 0..<100_000, using: &generator), to: &result)
            case .bfloat16: append(UInt16(truncatingIfNeeded: value.bitPattern >> 16), to: &result)
            case .float16: append(UInt16(truncatingIfNeeded: value.bitPattern >> 13) & 0x3FFF, to: &result)
            case .float32: append(value.bitPattern, to: &result)
            case .float64: append(Double(value).bitPattern, to: &result)
            default: result.append(UInt8(truncatingIfNeeded: generator.next()))
            }
        }
        return Array(result.prefix(bytes))
    }

    /// The bytes with some words moved by a few steps up or down.
    static func trained(_ base: [UInt8], _ element: ElementKind, seed: UInt64) -> [UInt8] {
        var generator = Generator(seed: seed)
        var result = base
        for index in stride(from: 0, to: base.count - element.width + 1, by: element.width)
        where Int.random(in: 0..<3, using: &generator) == 0 {
            var carry = Int.random(in: -3...3, using: &generator)
            for byte in index..<index + element.width {
                carry += Int(result[byte])
                result[byte] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        return result
    }

    /// Floats plus steps of equal size, so that small values change by more units than large ones.
    static func stepped(_ base: [UInt8], _ element: ElementKind, seed: UInt64) -> [UInt8] {
        var generator = Generator(seed: seed)
        var result: [UInt8] = []
        for start in stride(from: 0, to: base.count - element.width + 1, by: element.width) {
            let word = base[start..<start + element.width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let step = Float.random(in: -2e-4...2e-4, using: &generator)
            switch element {
            case .bfloat16: append(UInt16((Float(bitPattern: word << 16) + step).bitPattern >> 16), to: &result)
            case .float16:
                append((Float16(bitPattern: UInt16(word)) + Float16(step)).bitPattern, to: &result)
            default: append((Float(bitPattern: word) + step).bitPattern, to: &result)
            }
        }
        return result + base[result.count...]
    }

    /// Floats with steps added that all rows take in the same direction, some farther than others.
    static func drifted(_ base: [UInt8], _ element: ElementKind, rowLength: Int, seed: UInt64) -> [UInt8] {
        var generator = Generator(seed: seed)
        let direction = (0..<rowLength).map { _ in Float.random(in: -1e-3...1e-3, using: &generator) }
        var factor: Float = 0
        var result: [UInt8] = []
        for (index, start) in stride(from: 0, to: base.count, by: element.width).enumerated() {
            if index % rowLength == 0 { factor = Float.random(in: -1...1, using: &generator) }
            let word = base[start..<start + element.width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let step = factor * direction[index % rowLength]
            switch element {
            case .bfloat16: append(UInt16((Float(bitPattern: word << 16) + step).bitPattern >> 16), to: &result)
            case .float16: append((Float16(bitPattern: UInt16(word)) + Float16(step)).bitPattern, to: &result)
            default: append((Float(bitPattern: word) + step).bitPattern, to: &result)
            }
        }
        return result
    }

    /// Little-endian float32 words after a number of weight decay steps at one rate.
    static func decayed(_ base: [UInt8], by rate: Double, times: Int) -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: base.count, by: 4) {
            var value = Float(bitPattern: base[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            for _ in 0..<times { value *= Float(1 - rate) }
            append(value.bitPattern, to: &result)
        }
        return result
    }

    private static func append<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }
}

extension ChunkCodec {
    /// `encodeDelta` for arrays.
    func delta(_ new: [UInt8], base: [UInt8], pieces: [CodedPiece]) throws -> [UInt8] {
        try new.withUnsafeBytes { new in
            try base.withUnsafeBytes { base in try encodeDelta(new, base: base, pieces: pieces) }
        }
    }

    /// `encodeFull` for arrays.
    func full(_ new: [UInt8], pieces: [CodedPiece]) throws -> [UInt8]? {
        try new.withUnsafeBytes { try encodeFull($0, pieces: pieces) }
    }

    /// `decode` for arrays.
    func decoded(
        _ payload: [UInt8], _ encoding: Manifest.Encoding, base: [UInt8] = [], count: Int
    ) throws -> [UInt8] {
        var output = [UInt8](repeating: 0xEE, count: count)
        try payload.withUnsafeBytes { payload in
            try base.withUnsafeBytes { base in
                try output.withUnsafeMutableBytes { try decode(payload, encoding: encoding, base: base, into: $0) }
            }
        }
        return output
    }
}
