/// The name of a Git object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
public struct GitObjectName: Hashable, Sendable, CustomStringConvertible {
    /// The hexadecimal digits.
    public let hex: String

    /// Creates a name from its digits, or returns nil if they are not the name of an object.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40 || text.utf8.count == 64 else { return nil }
        for digit in text.utf8 {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
            default: return nil
            }
        }
        hex = String(text)
    }

    /// Whether all digits are zero, which names no object but "nothing".
    public var isNull: Bool { hex.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// The hexadecimal digits.
    public var description: String { hex }
}
