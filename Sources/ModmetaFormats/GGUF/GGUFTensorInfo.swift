/// One entry in the tensor table of a GGUF file.
struct GGUFTensorInfo {
    /// The bytes of the shortest entry.
    static let minimumLength = 24

    /// The tensor's name.
    let name: String
    /// The dimensions, outermost first; the file stores them in reverse.
    let shape: [UInt64]
    /// The element type.
    let type: GGUFElementType
    /// The start of the tensor, in bytes from the start of the data.
    let dataOffset: UInt64
    /// The bytes of the tensor.
    let length: UInt64
    /// The offset of the entry in the file.
    let place: UInt64

    /// Reads the next entry.
    init(parsing reader: inout ByteReader) throws(FormatError) {
        place = reader.offset
        let nameLength = try reader.uint64("a tensor's name")
        guard nameLength <= UInt64(LayoutLimits.nameLength) else {
            throw FormatError(
                .limitExceeded, "the name of a tensor is longer than \(LayoutLimits.nameLength) bytes", offset: place)
        }
        guard let name = String(validating: try reader.slice(nameLength, "a tensor's name"), as: UTF8.self) else {
            throw FormatError(.malformed, "the name of a tensor is not UTF-8", offset: place)
        }
        self.name = name
        let rank = try reader.uint32("a rank")
        guard rank <= UInt32(LayoutLimits.rank) else {
            throw FormatError(
                .limitExceeded, "the tensor \(QuotedName(name)) has more than \(LayoutLimits.rank) dimensions",
                offset: place)
        }
        var extents: [UInt64] = []
        for _ in 0..<rank { extents.append(try reader.uint64("an extent")) }
        let number = try reader.uint32("a tensor's type")
        guard let type = GGUFElementType(rawValue: number) else {
            throw FormatError(
                .unsupportedVersion, "the tensor \(QuotedName(name)) has the type \(number), which is unknown",
                offset: place)
        }
        self.type = type
        dataOffset = try reader.uint64("a tensor's offset")
        length = try GGUFTensorInfo.length(of: extents, type: type, name: name, place: place)
        shape = extents.reversed()
    }

    private static func length(
        of extents: [UInt64], type: GGUFElementType, name: String, place: UInt64
    ) throws(FormatError) -> UInt64 {
        let row = extents.first ?? 1
        guard row.isMultiple(of: type.blockElements) else {
            throw FormatError(
                .malformed,
                "the rows of the tensor \(QuotedName(name)) have \(row) elements, not a multiple of the "
                    + "\(type.blockElements) of a \(type.name) block",
                offset: place)
        }
        guard !extents.contains(0) else { return 0 }
        var length = row / type.blockElements
        for factor in [type.blockBytes] + extents.dropFirst() {
            let (product, overflow) = length.multipliedReportingOverflow(by: factor)
            guard !overflow else {
                throw FormatError(
                    .malformed, "the shape of the tensor \(QuotedName(name)) does not fit in 64 bits", offset: place)
            }
            length = product
        }
        return length
    }
}
