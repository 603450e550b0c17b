import ModmetaTesting

/// Random changes of bytes, of the kinds that find mistakes in parsers.
struct Mutation {
    private(set) var generator: SeededRandom

    init(generator: SeededRandom) { self.generator = generator }

    /// Returns bytes with some changes.
    mutating func apply(to bytes: some Collection<UInt8>, times: Int, keepingLength: Bool = false) -> [UInt8] {
        var bytes = Array(bytes)
        for _ in 0..<times {
            if keepingLength { overwrite(&bytes) } else { change(&bytes) }
        }
        return bytes
    }

    private mutating func overwrite(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: bytes.indices, using: &generator)
        let length = min(Int.random(in: 1...8, using: &generator), bytes.count - place)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0xFF, count: length))
        case 3: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0, count: length))
        default:
            let from = Int.random(in: 0...bytes.count - length, using: &generator)
            bytes.replaceSubrange(place..<place + length, with: Array(bytes[from..<from + length]))
        }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8.random(in: 0...255, using: &generator)) }
        let place = Int.random(in: bytes.indices, using: &generator)
        let length = min(Int.random(in: 1...16, using: &generator), bytes.count - place)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[place] = Array("\"\\{}[]:,0-.eu \u{7F}".utf8).randomElement(using: &generator) ?? 0
        case 3: bytes.removeSubrange(place..<place + length)
        case 4:
            bytes.insert(
                contentsOf: bytes[place..<place + length], at: Int.random(in: bytes.indices, using: &generator))
        case 5: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0xFF, count: 9) + [1])
        case 6: bytes.insert(contentsOf: Array("18446744073709551615".utf8), at: place)
        default: bytes.removeLast(length)
        }
    }
}
