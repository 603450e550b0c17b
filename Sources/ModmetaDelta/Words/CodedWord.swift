import ModmetaFormats

/// How `ScaledCoder` and `LevelledCoder` see the words of an element.
///
/// Elements of less than 16 bits are first widened to 16-bit words; see `WordWidening`.
extension ElementKind {
    /// Whether differences can be coded relative to the step of their row.
    var hasSteps: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .integer8, .float8E4M3, .float8E5M2, .packed4, .packedFloat4: true
        default: false
        }
    }

    /// Whether values can be coded relative to the magnitude of their row.
    var hasLevels: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float8E4M3, .float8E5M2: true
        default: false
        }
    }

    /// Whether words are widened for coding.
    var isWidened: Bool { hasSteps && width == 1 }

    /// The numbers in a word, as `RunPart` counts them: a block counts as one, packed numbers count singly.
    var numbersPerWord: Int { self == .packed4 || self == .packedFloat4 ? 2 : 1 }

    /// The bytes of a word as coded.
    var codedWidth: Int { isWidened ? 2 : width }

    /// The bits below the exponent of a coded word; 14 for integers, which are too small to have an exponent.
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
