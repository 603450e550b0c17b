/// Mutates bytes at random, in ways that find crashes and bombs in parsers.
///
/// Flipped bits find crashes. Growth finds bombs: parts that are repeated a thousand times, nested in each other, or
/// replaced with long runs.
public struct FuzzMutator: Sendable {
    /// The length of the longest mutated input, in bytes.
    public static let lengthLimit = 64 << 10

    /// Pieces that have a meaning for the parser.
    private let tokens: [[UInt8]]
    private(set) var generator: SeededRandom

    /// Creates a mutator.
    ///
    /// - Parameter tokens: pieces of the format's text, or single instructions.
    public init(tokens: [[UInt8]], generator: SeededRandom) {
        self.tokens = tokens
        self.generator = generator
    }

    /// A random number in a range.
    mutating func pick(_ range: Range<Int>) -> Int { generator.pick(range) }

    /// Mutates an input in a few places.
    ///
    /// - Parameter other: another input, from which parts may be copied.
    mutating func change(_ bytes: inout [UInt8], with other: [UInt8]) {
        let isGrowing = generator.oneIn(4)
        for _ in 0..<generator.pick(1..<6) {
            if isGrowing { grow(&bytes) } else { damage(&bytes, with: other) }
        }
        if bytes.count > FuzzMutator.lengthLimit { bytes.removeLast(bytes.count - FuzzMutator.lengthLimit) }
    }

    private mutating func part(of bytes: [UInt8], upTo limit: Int) -> Range<Int> {
        guard !bytes.isEmpty else { return 0..<0 }
        let start = generator.pick(0..<bytes.count)
        return start..<min(bytes.count, start + generator.pick(1..<limit + 1))
    }

    private mutating func damage(_ bytes: inout [UInt8], with other: [UInt8]) {
        let range = part(of: bytes, upTo: 16)
        guard !range.isEmpty else {
            bytes += generator.pick(tokens + [[0]])
            return
        }
        switch generator.pick(0..<11) {
        case 0, 1: bytes[range.lowerBound] ^= 1 << UInt8(generator.pick(0..<8))
        case 2: bytes[range.lowerBound] = UInt8(generator.pick(0..<256))
        case 3: bytes.replaceSubrange(range, with: [UInt8](repeating: 0xFF, count: range.count))
        case 4: bytes.replaceSubrange(range, with: [UInt8](repeating: 0, count: range.count))
        case 5: bytes.removeSubrange(range)
        case 6:
            let source = part(of: bytes, upTo: 16)
            bytes.insert(contentsOf: Array(bytes[source]), at: range.lowerBound)
        case 7:
            // In place, so that offsets stay valid.
            let source = part(of: bytes, upTo: 16)
            let copied = Array(bytes[source].prefix(range.count))
            bytes.replaceSubrange(range.lowerBound..<range.lowerBound + copied.count, with: copied)
        case 8:
            let source = part(of: other, upTo: 64)
            bytes.replaceSubrange(range, with: Array(other[source]))
        case 9 where !tokens.isEmpty: bytes.insert(contentsOf: generator.pick(tokens), at: range.lowerBound)
        case 10 where !tokens.isEmpty:
            let token = generator.pick(tokens)
            bytes.replaceSubrange(range.lowerBound..<min(bytes.count, range.lowerBound + token.count), with: token)
        default: bytes.removeLast(generator.pick(0..<bytes.count - range.lowerBound))
        }
    }

    private mutating func grow(_ bytes: inout [UInt8]) {
        let range = part(of: bytes, upTo: 64)
        let times = 1 << generator.pick(1..<13)
        let room = max(1, FuzzMutator.lengthLimit - bytes.count)
        func repeated(_ unit: [UInt8]) -> [UInt8] {
            let count = min(times, max(1, room / max(1, unit.count)))
            return (0..<count).flatMap { _ in unit }
        }
        switch generator.pick(0..<6) {
        case 0: bytes.insert(contentsOf: repeated(Array(bytes[range])), at: range.upperBound)
        case 1 where !tokens.isEmpty: bytes.insert(contentsOf: repeated(generator.pick(tokens)), at: range.lowerBound)
        case 2 where tokens.count > 1:
            // One nested in the other.
            let open = repeated(generator.pick(tokens))
            bytes.insert(contentsOf: open, at: range.upperBound)
            bytes.insert(contentsOf: repeated(generator.pick(tokens)), at: range.upperBound + open.count)
        case 3:
            // Two kinds of combining marks in turn, which normalisation has to sort.
            bytes.insert(contentsOf: repeated(Array("\u{301}\u{323}".utf8)), at: range.lowerBound)
        case 4: bytes.insert(contentsOf: repeated([UInt8(generator.pick(0x30..<0x7B))]), at: range.lowerBound)
        default:
            guard !bytes.isEmpty else { return }
            bytes += repeated(Array(bytes.suffix(generator.pick(1..<32))))
        }
    }
}
