/// How the bytes of a tensor divide into numbers, for coding.
///
/// The raw value is the code on the wire; see docs/formats/payload.md.
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
    /// 1-byte integers, and other bytes for which neighbouring values mean neighbouring numbers.
    case integer8 = 8
    /// Floats of 1 byte: sign, 4 exponent bits, 3 mantissa bits.
    case float8E4M3 = 9
    /// Floats of 1 byte: sign, 5 exponent bits, 2 mantissa bits.
    case float8E5M2 = 10
    /// Two 4-bit integers per byte, the first in the low bits.
    case packed4 = 11
    /// Two 4-bit floats per byte, the first in the low bits: sign, 2 exponent bits, 1 mantissa bit.
    case packedFloat4 = 12
    /// Blocks of GGUF type Q4_0.
    case q40 = 16
    /// Blocks of GGUF type Q4_1.
    case q41 = 17
    /// Blocks of GGUF type Q5_0.
    case q50 = 18
    /// Blocks of GGUF type Q5_1.
    case q51 = 19
    /// Blocks of GGUF type Q8_0.
    case q80 = 20
    /// Blocks of GGUF type Q2_K.
    case q2K = 21
    /// Blocks of GGUF type Q3_K.
    case q3K = 22
    /// Blocks of GGUF type Q4_K.
    case q4K = 23
    /// Blocks of GGUF type Q5_K.
    case q5K = 24
    /// Blocks of GGUF type Q6_K.
    case q6K = 25
    /// Blocks of GGUF type Q8_K.
    case q8K = 26
    /// Blocks of GGUF type IQ4_NL.
    case iq4NL = 27
    /// Blocks of GGUF type IQ4_XS.
    case iq4XS = 28
    /// Blocks of GGUF type MXFP4.
    case mxfp4 = 29
    /// Blocks of GGUF type NVFP4.
    case nvfp4 = 30

    /// The bytes in a word: a number, a byte of packed numbers, or a block with all its fields.
    public var width: Int {
        switch self {
        case .byte, .integer8, .float8E4M3, .float8E5M2, .packed4, .packedFloat4: 1
        case .integer16, .bfloat16, .float16: 2
        case .integer32, .float32: 4
        case .integer64, .float64: 8
        default: fields.reduce(0) { $0 + $1.length }
        }
    }

    /// The tensor elements in a word.
    public var elementsPerWord: Int {
        switch self {
        case .packed4, .packedFloat4: 2
        case .q40, .q41, .q50, .q51, .q80, .iq4NL, .mxfp4: 32
        case .nvfp4: 64
        case .q2K, .q3K, .q4K, .q5K, .q6K, .q8K, .iq4XS: 256
        default: 1
        }
    }
}
