/// The tensor types of GGUF: blocks of elements with a fixed number of bytes.
///
/// The numbers are those of ggml; see docs/formats/gguf.md, "Element types".
struct GGUFElementType: Hashable {
    /// The ggml name of the type.
    let name: String
    /// The elements in a block, along the innermost dimension.
    let blockElements: UInt64
    /// The bytes in a block.
    let blockBytes: UInt64
    /// How the bytes divide into numbers; `byte` if the fields of a block are unknown.
    let element: ElementKind

    private init(_ name: String, _ blockElements: UInt64, _ blockBytes: UInt64, _ element: ElementKind = .byte) {
        self.name = name
        self.blockElements = blockElements
        self.blockBytes = blockBytes
        self.element = element
    }

    /// The type of a number; nil for retired and unknown numbers.
    init?(rawValue: UInt32) {
        guard let type = GGUFElementType.types[rawValue] else { return nil }
        self = type
    }

    private static let types: [UInt32: GGUFElementType] = [
        0: .init("F32", 1, 4, .float32), 1: .init("F16", 1, 2, .float16), 30: .init("BF16", 1, 2, .bfloat16),
        28: .init("F64", 1, 8, .float64), 24: .init("I8", 1, 1, .integer8), 25: .init("I16", 1, 2, .integer16),
        26: .init("I32", 1, 4, .integer32), 27: .init("I64", 1, 8, .integer64),
        2: .init("Q4_0", 32, 18, .q40), 3: .init("Q4_1", 32, 20, .q41), 6: .init("Q5_0", 32, 22, .q50),
        7: .init("Q5_1", 32, 24, .q51),
        8: .init("Q8_0", 32, 34, .q80), 10: .init("Q2_K", 256, 84, .q2K), 11: .init("Q3_K", 256, 110, .q3K),
        12: .init("Q4_K", 256, 144, .q4K), 13: .init("Q5_K", 256, 176, .q5K), 14: .init("Q6_K", 256, 210, .q6K),
        15: .init("Q8_K", 256, 292, .q8K), 16: .init("IQ2_XXS", 256, 66), 17: .init("IQ2_XS", 256, 74),
        18: .init("IQ3_XXS", 256, 98), 19: .init("IQ1_S", 256, 50), 20: .init("IQ4_NL", 32, 18, .iq4NL),
        21: .init("IQ3_S", 256, 110), 22: .init("IQ2_S", 256, 82), 23: .init("IQ4_XS", 256, 136, .iq4XS),
        29: .init("IQ1_M", 256, 56), 34: .init("TQ1_0", 256, 54), 35: .init("TQ2_0", 256, 66),
        39: .init("MXFP4", 32, 17, .mxfp4), 40: .init("NVFP4", 64, 36, .nvfp4), 41: .init("Q1_0", 128, 18),
    ]
}
