/// A field of a block of quantized numbers: a fixed number of bytes of one kind.
public struct BlockField: Hashable, Sendable {
    /// The bytes in the field.
    public let length: Int
    /// How they divide into numbers; never blocks.
    public let element: ElementKind

    init(_ length: Int, _ element: ElementKind) {
        self.length = length
        self.element = element
    }
}

extension ElementKind {
    /// The fields of a block, in order and without gaps; empty if the element is not a block.
    ///
    /// The blocks are those of ggml; see docs/formats/payload.md, "Blocks".
    public var fields: [BlockField] {
        switch self {
        case .q40, .iq4NL: BlockField.q40
        case .q41: BlockField.q41
        case .q50: BlockField.q50
        case .q51: BlockField.q51
        case .q80: BlockField.q80
        case .q2K: BlockField.q2K
        case .q3K: BlockField.q3K
        case .q4K: BlockField.q4K
        case .q5K: BlockField.q5K
        case .q6K: BlockField.q6K
        case .q8K: BlockField.q8K
        case .iq4XS: BlockField.iq4XS
        case .mxfp4: BlockField.mxfp4
        case .nvfp4: BlockField.nvfp4
        default: []
        }
    }
}

extension BlockField {
    private static let scale = BlockField(2, .float16)
    fileprivate static let q40 = [scale, BlockField(16, .packed4)]
    fileprivate static let q41 = [scale, scale, BlockField(16, .packed4)]
    fileprivate static let q50 = [scale, BlockField(4, .byte), BlockField(16, .packed4)]
    fileprivate static let q51 = [scale, scale, BlockField(4, .byte), BlockField(16, .packed4)]
    fileprivate static let q80 = [scale, BlockField(32, .integer8)]
    fileprivate static let q2K = [BlockField(16, .packed4), BlockField(64, .packed4), scale, scale]
    fileprivate static let q3K = [
        BlockField(32, .byte), BlockField(64, .packed4), BlockField(12, .packed4), scale,
    ]
    fileprivate static let q4K = [scale, scale, BlockField(12, .integer8), BlockField(128, .packed4)]
    fileprivate static let q5K = [
        scale, scale, BlockField(12, .integer8), BlockField(32, .byte), BlockField(128, .packed4),
    ]
    fileprivate static let q6K = [
        BlockField(128, .packed4), BlockField(64, .packed4), BlockField(16, .integer8), scale,
    ]
    fileprivate static let q8K = [BlockField(4, .float32), BlockField(256, .integer8), BlockField(32, .integer16)]
    fileprivate static let iq4XS = [
        scale, BlockField(2, .packed4), BlockField(4, .packed4), BlockField(128, .packed4),
    ]
    fileprivate static let mxfp4 = [BlockField(1, .integer8), BlockField(16, .packedFloat4)]
    fileprivate static let nvfp4 = [BlockField(4, .float8E4M3), BlockField(32, .packedFloat4)]
}
