import ModmetaFormats

/// How the words of an element look to the coders of numbers, `ScaledCoder` and `LevelledCoder`.
///
/// Elements of less than 16 bits are widened to words of 16 bits first, see `WordWidening`.
extension ElementKind {
    /// Whether differences can be coded beside the step of their row.
    var hasSteps: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .integer8, .float8E4M3, .float8E5M2, .packed4, .packedFloat4: true
        default: false
        }
    }

    /// Whether values can be coded beside the size of their row.
    var hasLevels: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float8E4M3, .float8E5M2: true
        default: false
        }
    }

    /// Whether words are coded as wider ones.
    var isWidened: Bool { hasSteps && width == 1 }

    /// The numbers in a word as `RunPart` counts them: blocks count as one, packed numbers one by one.
    var numbersPerWord: Int { self == .packed4 || self == .packedFloat4 ? 2 : 1 }

    /// The bytes of a word as it is coded.
    var codedWidth: Int { isWidened ? 2 : width }

    /// The bits below the exponent of a coded word; for integers, of which none is that large, the bits of all.
    var exponentShift: Int {
        switch self {
        case .bfloat16: 7
        case .float16: 10
        case .float32: 23
        case .float8E4M3: 3
        case .float8E5M2: 2
        case .packedFloat4: 1
        default: 14
        }
    }
}
