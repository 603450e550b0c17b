/// One tensor as described in the header of a safetensors file, validated by itself.
struct SafetensorsEntry {
    /// The tensor's name.
    let name: String
    /// The type of its elements.
    let type: SafetensorsElementType
    /// The dimensions, outermost first.
    let shape: [UInt64]
    /// The first byte, from the start of the data.
    let begin: UInt64
    /// The byte after the last, from the start of the data.
    let end: UInt64
    /// The offset of the name in the file, for errors.
    let offset: Int

    /// Parses the value of a member of the header.
    ///
    /// Unknown members of the value are skipped.
    init(parsing scanner: inout JSONScanner, name: String, offset: Int) throws(FormatError) {
        guard name.utf8.count <= LayoutLimits.nameLength else {
            throw FormatError(
                .limitExceeded, "the name of a tensor is longer than \(LayoutLimits.nameLength) bytes",
                offset: UInt64(offset))
        }
        var type: SafetensorsElementType?
        var shape: [UInt64]?
        var offsets: (UInt64, UInt64)?
        try scanner.members(of: "the description of a tensor") { (scanner, key, _) throws(FormatError) in
            switch key {
            case "dtype": type = try SafetensorsEntry.type(parsing: &scanner)
            case "shape": shape = try SafetensorsEntry.shape(parsing: &scanner)
            case "data_offsets": offsets = try SafetensorsEntry.offsets(parsing: &scanner)
            default: try scanner.skipValue()
            }
        }
        func missing(_ field: String) -> FormatError {
            scanner.malformed("the tensor \(QuotedName(name)) has no \(field)", at: offset)
        }
        guard let type else { throw missing("dtype") }
        guard let shape else { throw missing("shape") }
        guard let (begin, end) = offsets else { throw missing("data_offsets") }
        (self.name, self.type, self.shape, self.offset) = (name, type, shape, offset)
        (self.begin, self.end) = (begin, end)
        let length = try self.length()
        guard end - begin == length else {
            throw scanner.malformed(
                "the tensor \(QuotedName(name)) has \(end - begin) bytes; its shape and dtype need \(length)",
                at: offset)
        }
    }

    /// The bytes that shape and type require.
    private func length() throws(FormatError) -> UInt64 {
        // Multiply from the first dimension to the last and then by the bits, like the reference implementation: a zero
        // saves a product from overflow only if it comes before.
        var bits: UInt64 = 1
        var overflow = false
        for factor in shape + [type.bits] {
            let product = bits.multipliedReportingOverflow(by: factor)
            (bits, overflow) = (product.partialValue, overflow || product.overflow)
        }
        guard !overflow else {
            throw FormatError(
                .malformed, "the tensor \(QuotedName(name)) has a shape that does not fit in 64 bits",
                offset: UInt64(offset))
        }
        guard bits % 8 == 0 else {
            throw FormatError(
                .malformed, "the tensor \(QuotedName(name)) has \(bits) bits, which is not a whole number of bytes",
                offset: UInt64(offset))
        }
        return bits / 8
    }

    private static func type(parsing scanner: inout JSONScanner) throws(FormatError) -> SafetensorsElementType {
        _ = try scanner.peek("a dtype")
        let start = scanner.position
        let spelling = try scanner.string("a dtype")
        guard let type = SafetensorsElementType(spelling: spelling) else {
            throw scanner.malformed("\(QuotedName(spelling)) is not a safetensors dtype", at: start)
        }
        return type
    }

    private static func shape(parsing scanner: inout JSONScanner) throws(FormatError) -> [UInt64] {
        var shape: [UInt64] = []
        try scanner.elements(of: "a shape") { (scanner) throws(FormatError) in
            guard shape.count < LayoutLimits.rank else {
                throw FormatError(
                    .limitExceeded, "a shape has more than \(LayoutLimits.rank) dimensions",
                    offset: UInt64(scanner.position))
            }
            shape.append(try scanner.unsignedInteger("an extent of a shape"))
        }
        return shape
    }

    private static func offsets(parsing scanner: inout JSONScanner) throws(FormatError) -> (UInt64, UInt64) {
        try scanner.expect(UInt8(ascii: "["), "the '[' of data_offsets")
        let begin = try scanner.unsignedInteger("the first of data_offsets")
        try scanner.expect(UInt8(ascii: ","), "the ',' of data_offsets")
        let end = try scanner.unsignedInteger("the second of data_offsets")
        guard begin <= end else { throw scanner.malformed("data_offsets end before they begin") }
        try scanner.expect(UInt8(ascii: "]"), "the ']' of data_offsets")
        return (begin, end)
    }
}
