/// How Go, in which git-lfs is written, reads text.
enum GoText {
    /// The bytes without the white space around them, as Unicode knows it.
    static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while let count = spaces.first(where: { rest.starts(with: $0) })?.count { rest.removeFirst(count) }
        while let count = spaces.first(where: { rest.suffix($0.count).elementsEqual($0) })?.count {
            rest.removeLast(count)
        }
        return rest
    }

    /// The number that decimal digits and a sign before them stand for; nil if it is none, or does not fit 64 bits.
    static func integer(_ text: ArraySlice<UInt8>) -> Int64? {
        var digits = text
        if let first = digits.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { digits.removeFirst() }
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// White space, in UTF-8.
    private static let spaces: [[UInt8]] =
        ([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]
        + Array(0x2000...0x200a)).compactMap { Unicode.Scalar($0 as UInt32).map { Array(String($0).utf8) } }
}
