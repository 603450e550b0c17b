/// A path ordered as people number things: `checkpoint-50` before `checkpoint-100`.
struct NumberedName: Comparable {
    /// Runs of digits as numbers, everything else byte by byte.
    private enum Part: Comparable {
        case number(Int)
        case byte(UInt8)
    }

    private let parts: [Part]

    init(_ path: String) {
        var parts: [Part] = []
        for byte in path.utf8 {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
                parts.append(.byte(byte))
                continue
            }
            let digit = Int(byte - UInt8(ascii: "0"))
            if case .number(let value) = parts.last, value < Int.max / 10 - 1 {
                parts[parts.count - 1] = .number(value * 10 + digit)
            } else {
                parts.append(.number(digit))
            }
        }
        self.parts = parts
    }

    static func < (left: NumberedName, right: NumberedName) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}
