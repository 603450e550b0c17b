/// The element types of PyTorch, spelled as in safetensors if it has them.
///
/// See docs/formats/pytorch.md, "Element types".
struct PyTorchElementType: Hashable {
    /// The spelling in layouts.
    let dtype: String
    /// The bytes of one element.
    let width: UInt64
    /// How the bytes divide into numbers.
    let element: ElementKind
    /// The numbers packed in one element; safetensors counts numbers, PyTorch counts elements.
    let packing: UInt64

    private init(_ dtype: String, _ width: UInt64, _ element: ElementKind, packing: UInt64 = 1) {
        self.dtype = dtype
        self.width = width
        self.element = element
        self.packing = packing
    }

    /// The dimensions of a tensor in numbers: those in elements, with the innermost one multiplied.
    ///
    /// - Returns: nil if a scalar packs several numbers, or a dimension does not fit in 64 bits.
    func numbers(in shape: [UInt64]) -> [UInt64]? {
        guard packing > 1 else { return shape }
        guard let last = shape.last else { return nil }
        let (extent, overflow) = last.multipliedReportingOverflow(by: packing)
        return overflow ? nil : shape.dropLast() + [extent]
    }

    /// Bytes of unknown structure.
    static let bytes = PyTorchElementType("U8", 1, .byte)

    /// The type of a storage class such as `FloatStorage`; nil if the class is unknown or has no type.
    init?(storageClass name: String) {
        guard let type = PyTorchElementType.storages[ByteString(name)] else { return nil }
        self = type
    }

    /// The type with a `torch` name such as `float8_e4m3fn`.
    init?(torchName name: String) {
        guard let type = PyTorchElementType.types[ByteString(name)] else { return nil }
        self = type
    }

    private static let storages: [ByteString: PyTorchElementType] = [
        "DoubleStorage": .init("F64", 8, .float64), "FloatStorage": .init("F32", 4, .float32),
        "HalfStorage": .init("F16", 2, .float16), "BFloat16Storage": .init("BF16", 2, .bfloat16),
        "LongStorage": .init("I64", 8, .integer64), "IntStorage": .init("I32", 4, .integer32),
        "ShortStorage": .init("I16", 2, .integer16), "CharStorage": .init("I8", 1, .integer8),
        "ByteStorage": .init("U8", 1, .integer8), "BoolStorage": .init("BOOL", 1, .byte),
        "ComplexFloatStorage": .init("C64", 8, .float32), "ComplexDoubleStorage": .init("C128", 16, .float64),
        "QInt8Storage": .init("QI8", 1, .integer8), "QUInt8Storage": .init("QU8", 1, .integer8),
        "QInt32Storage": .init("QI32", 4, .integer32), "QUInt4x2Storage": .init("QU4X2", 1, .packed4),
        "QUInt2x4Storage": .init("QU2X4", 1, .byte), "UntypedStorage": bytes,
    ]

    private static let types: [ByteString: PyTorchElementType] = [
        "float64": .init("F64", 8, .float64), "float32": .init("F32", 4, .float32),
        "float16": .init("F16", 2, .float16), "bfloat16": .init("BF16", 2, .bfloat16),
        "int64": .init("I64", 8, .integer64), "int32": .init("I32", 4, .integer32),
        "int16": .init("I16", 2, .integer16), "int8": .init("I8", 1, .integer8),
        "uint64": .init("U64", 8, .integer64), "uint32": .init("U32", 4, .integer32),
        "uint16": .init("U16", 2, .integer16), "uint8": .init("U8", 1, .integer8), "bool": .init("BOOL", 1, .byte),
        "complex64": .init("C64", 8, .float32), "complex128": .init("C128", 16, .float64),
        "complex32": .init("C32", 4, .float16),
        "float8_e4m3fn": .init("F8_E4M3", 1, .float8E4M3), "float8_e5m2": .init("F8_E5M2", 1, .float8E5M2),
        "float8_e4m3fnuz": .init("F8_E4M3FNUZ", 1, .float8E4M3),
        "float8_e5m2fnuz": .init("F8_E5M2FNUZ", 1, .float8E5M2),
        "float8_e8m0fnu": .init("F8_E8M0", 1, .integer8),
        "float4_e2m1fn_x2": .init("F4", 1, .packedFloat4, packing: 2),
        "bits8": .init("BITS8", 1, .byte), "bits16": .init("BITS16", 2, .integer16),
        "bits1x8": .init("BITS1X8", 1, .byte), "bits2x4": .init("BITS2X4", 1, .byte),
        "bits4x2": .init("BITS4X2", 1, .packed4),
        "qint8": .init("QI8", 1, .integer8), "quint8": .init("QU8", 1, .integer8),
        "qint32": .init("QI32", 4, .integer32), "quint4x2": .init("QU4X2", 1, .packed4),
        "quint2x4": .init("QU2X4", 1, .byte),
    ]
}
