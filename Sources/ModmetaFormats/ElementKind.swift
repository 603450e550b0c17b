/// How the bytes of a tensor divide into numbers, as far as coding them is concerned.
///
/// The raw value is the code used on the wire, see docs/formats/payload.md.
public enum ElementKind: UInt8, Sendable, CaseIterable {
    /// Bytes without further structure.
    case byte = 0
    /// Little-endian integers of 2 bytes.
    case integer16 = 1
    /// Little-endian integers of 4 bytes.
    case integer32 = 2
    /// Little-endian integers of 8 bytes.
    case integer64 = 3
    /// bfloat16: sign, 8 exponent bits, 7 mantissa bits.
    case bfloat16 = 4
    /// IEEE binary16: sign, 5 exponent bits, 10 mantissa bits.
    case float16 = 5
    /// IEEE binary32: sign, 8 exponent bits, 23 mantissa bits.
    case float32 = 6
    /// IEEE binary64: sign, 11 exponent bits, 52 mantissa bits.
    case float64 = 7

    /// The bytes of one number.
    public var width: Int {
        switch self {
        case .byte: 1
        case .integer16, .bfloat16, .float16: 2
        case .integer32, .float32: 4
        case .integer64, .float64: 8
        }
    }
}
