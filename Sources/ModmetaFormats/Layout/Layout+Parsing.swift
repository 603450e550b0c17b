extension Layout {
    /// Parses the part of a manifest that describes the file; see docs/formats/manifest.md, "Layout of the file".
    ///
    /// The caller validates the layout.
    ///
    /// - Parameter places: receives the offset of each tensor.
    init(parsing reader: inout ByteReader, places: inout [Int]) throws(FormatError) {
        let start = reader.position
        let value = try reader.byte("the file's format")
        guard let format = Format(rawValue: value) else {
            throw FormatError(
                .unsupportedVersion,
                "the manifest names the file format \(value), which this program does not know: use a newer modmeta",
                offset: UInt64(start))
        }
        self.init(format: format, size: try reader.number("the file's size"), tensors: [])
        let types = try Layout.types(parsing: &reader)
        let count = try reader.count(
            "the number of tensors", ofAtLeast: ManifestFormat.minimumTensor, upTo: LayoutLimits.tensors)
        tensors.reserveCapacity(count)
        places.reserveCapacity(count)
        var names = FrontCodedNames(manifestLength: reader.end)
        var covered: UInt64 = 0
        var typesSeen = 0
        for _ in 0..<count {
            let place = reader.position
            places.append(place)
            let name = try names.next(parsing: &reader)
            let type = try reader.number("a tensor's type")
            guard type < types.count, type <= typesSeen else {
                throw FormatError(
                    .malformed, "the type of the tensor \(QuotedName(name)) is not in the order of the type table",
                    offset: UInt64(place))
            }
            typesSeen = max(typesSeen, Int(type) + 1)
            let shape = try Layout.shape(parsing: &reader)
            let range = try Layout.range(parsing: &reader, after: covered)
            covered = range.upperBound
            tensors.append(
                Tensor(
                    name: name, dtype: types[Int(type)].0, element: types[Int(type)].1, shape: shape, range: range))
        }
        guard typesSeen == types.count else {
            throw FormatError(
                .malformed, "the type table has entries that no tensor uses", offset: UInt64(reader.position))
        }
    }

    private static func types(parsing reader: inout ByteReader) throws(FormatError) -> [(String, ElementKind)] {
        let count = try reader.count("the number of types", ofAtLeast: 3, upTo: Manifest.Limits.types)
        var types: [(String, ElementKind)] = []
        for _ in 0..<count {
            let place = reader.position
            let length = try reader.number("the length of a dtype", upTo: LayoutLimits.dtypeLength)
            let spelling = try reader.slice(length, "a dtype")
            guard spelling.allSatisfy({ $0 < 0x80 }) else {
                throw FormatError(.malformed, "a dtype is not ASCII", offset: UInt64(place))
            }
            let dtype = String(decoding: spelling, as: UTF8.self)
            guard let element = ElementKind(rawValue: try reader.byte("an element kind")) else {
                throw FormatError(
                    .unsupportedVersion,
                    "the dtype \(QuotedName(dtype)) has an element kind this program does not know: "
                        + "use a newer modmeta",
                    offset: UInt64(place))
            }
            guard !types.contains(where: { $0 == (dtype, element) }) else {
                throw FormatError(.malformed, "the type table repeats a pair", offset: UInt64(place))
            }
            types.append((dtype, element))
        }
        return types
    }

    private static func shape(parsing reader: inout ByteReader) throws(FormatError) -> [UInt64] {
        let rank = try reader.count("a rank", ofAtLeast: 1, upTo: LayoutLimits.rank)
        var shape: [UInt64] = []
        shape.reserveCapacity(rank)
        for _ in 0..<rank { shape.append(try reader.number("an extent")) }
        return shape
    }

    private static func range(
        parsing reader: inout ByteReader, after covered: UInt64
    ) throws(FormatError) -> Range<UInt64> {
        let place = reader.position
        let (start, startOverflow) = covered.addingReportingOverflow(try reader.number("the bytes before a tensor"))
        let (end, endOverflow) = start.addingReportingOverflow(try reader.number("a tensor's bytes"))
        guard !startOverflow, !endOverflow else {
            throw FormatError(.malformed, "the end of a tensor does not fit in 64 bits", offset: UInt64(place))
        }
        return start..<end
    }
}
