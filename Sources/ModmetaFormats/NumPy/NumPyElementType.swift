/// The element type of a NumPy array, from a description such as `<f4`.
struct NumPyElementType: Hashable {
    /// The spelling in layouts: that of safetensors if it has the type, otherwise NumPy's own.
    let dtype: String
    /// The bytes of one element.
    let width: UInt64
    /// How the bytes divide into numbers.
    let element: ElementKind

    /// Bytes of unknown structure.
    static let bytes = NumPyElementType("U8", 1, .byte)

    private init(_ dtype: String, _ width: UInt64, _ element: ElementKind) {
        self.dtype = dtype
        self.width = width
        self.element = element
    }

    /// Parses a description.
    ///
    /// - Throws: `malformed` if it is not a simple type.
    init(_ description: String, place: UInt64) throws(FormatError) {
        if let type = NumPyElementType.types[ByteString(description)] {
            self = type
            return
        }
        guard description.utf8.count <= LayoutLimits.dtypeLength,
            description.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw FormatError(
                .malformed, "the array has the unknown element type \(QuotedName(description))", offset: place)
        }
        let kind = description.dropFirst().first
        let units = description.dropFirst(2).prefix { $0.isASCII && $0.isNumber }
        guard let order = description.first, "<>|=".contains(order), let kind, "biufcSUVmM".contains(kind),
            let count = UInt64(units), (1...1 << 30).contains(count)
        else {
            throw FormatError(
                .malformed, "the array has the unknown element type \(QuotedName(description))", offset: place)
        }
        // Strings count 4-byte characters. Big-endian numbers are treated as bytes.
        self.init(description, kind == "U" ? 4 * count : count, .byte)
    }

    private static let types: [ByteString: NumPyElementType] = [
        "|b1": .init("BOOL", 1, .byte), "|i1": .init("I8", 1, .integer8), "|u1": .init("U8", 1, .integer8),
        "<i2": .init("I16", 2, .integer16), "<u2": .init("U16", 2, .integer16),
        "<i4": .init("I32", 4, .integer32), "<u4": .init("U32", 4, .integer32),
        "<i8": .init("I64", 8, .integer64), "<u8": .init("U64", 8, .integer64),
        "<f2": .init("F16", 2, .float16), "<f4": .init("F32", 4, .float32), "<f8": .init("F64", 8, .float64),
        "<c8": .init("C64", 8, .float32), "<c16": .init("C128", 16, .float64),
    ]
}
