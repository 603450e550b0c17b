/// Damage to bytes: most of it near the front, where the structure is.
enum FuzzMutation {
    private static let telling: [UInt8] = [0, 1, 2, 0x10, 0x7F, 0x80, 0xFE, 0xFF]

    /// Damages bytes in one to four places, sometimes with bytes of another input.
    static func mutate(_ bytes: inout [UInt8], with other: [UInt8], _ generator: inout Generator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let span = [bytes.count, min(bytes.count, 80), min(bytes.count, 24)].randomElement(using: &generator) ?? 0
            guard span > 0 else { return }
            let index = Int.random(in: 0..<span, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            case 2: bytes[index] = telling.randomElement(using: &generator) ?? 0
            case 3: bytes.remove(at: index)
            case 4: bytes.insert(telling.randomElement(using: &generator) ?? 0, at: index)
            case 5: bytes.removeLast(Int.random(in: 0..<bytes.count - index, using: &generator))
            case 6: bytes[index] &+= UInt8.random(in: 0...2, using: &generator) &- 1
            default:
                guard !other.isEmpty else { continue }
                let start = Int.random(in: 0..<other.count, using: &generator)
                let end = min(other.count, start + Int.random(in: 1...40, using: &generator))
                bytes.replaceSubrange(index..<min(bytes.count, index + (end - start)), with: other[start..<end])
            }
        }
    }
}
