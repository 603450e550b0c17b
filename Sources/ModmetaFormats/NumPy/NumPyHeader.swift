/// The header of a NumPy array: a Python literal, restricted to what NumPy writes.
///
/// See docs/formats/numpy.md.
struct NumPyHeader {
    /// The magic.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The bytes of the longest header that is read.
    static let lengthLimit: UInt64 = 1 << 20
    /// The most bytes before the header: magic, version and header length.
    static let prefixLength: UInt64 = 12

    /// The element type.
    private(set) var type = NumPyElementType.bytes
    /// The dimensions in the order of the bytes: outermost first, also for arrays in Fortran order.
    private(set) var shape: [UInt64] = []
    /// The start of the elements, in bytes from the start of the array file.
    let dataOffset: UInt64
    /// Whether the elements are pickled objects.
    private(set) var holdsObjects = false

    /// Reads the header of the array file in a range of a source.
    ///
    /// - Parameter allowsObjects: whether to accept an array of pickled objects.
    init(parsing source: some ByteSource, in range: Range<UInt64>, allowsObjects: Bool = false) throws {
        let start = range.lowerBound
        let prefixEnd = min(range.upperBound, start + NumPyHeader.prefixLength)
        var prefix = ByteReader(try source.read(start..<prefixEnd), origin: start)
        guard try prefix.slice(6, "the head of an array").elementsEqual(NumPyHeader.magic) else {
            throw FormatError(.malformed, "the array does not start with its magic", offset: start)
        }
        let version = try prefix.byte("the version")
        _ = try prefix.byte("the version")
        guard (1...3).contains(version) else {
            throw FormatError(.unsupportedVersion, "the array has version \(version); 1 to 3 are known", offset: start)
        }
        let length =
            version == 1
            ? UInt64(try prefix.uint16("the header's length")) : UInt64(try prefix.uint32("the header's length"))
        guard length <= NumPyHeader.lengthLimit else {
            throw FormatError(.limitExceeded, "the header of an array has \(length) bytes", offset: start)
        }
        let textStart = prefix.offset
        guard length <= range.upperBound - textStart else {
            throw FormatError(.truncated, "the array ends inside its header", offset: range.upperBound)
        }
        dataOffset = textStart + length - start
        var literal = PythonLiteral(ByteReader(try source.read(textStart..<textStart + length), origin: textStart))
        try read(&literal)
        guard allowsObjects || !holdsObjects else {
            throw FormatError(
                .unsupportedVersion, "the array holds pickled objects, which are not read", offset: start)
        }
    }

    private mutating func read(_ literal: inout PythonLiteral) throws(FormatError) {
        var isFortran = false
        var seen: Set<ByteString> = []
        try literal.dictionary { (literal, key, place) throws(FormatError) in
            guard seen.insert(key).inserted else {
                throw FormatError(.malformed, "the header of an array has \(QuotedName(key)) twice", offset: place)
            }
            switch key {
            case "descr":
                let description = try literal.text()
                holdsObjects = description.utf8.dropFirst().first == UInt8(ascii: "O")
                if !holdsObjects { type = try NumPyElementType(description, place: place) }
            case "fortran_order": isFortran = try literal.bool()
            case "shape": shape = try literal.integers()
            default:
                throw FormatError(
                    .malformed, "the header of an array has the unknown key \(QuotedName(key))", offset: place)
            }
        }
        guard seen.count == 3 else {
            throw FormatError(.malformed, "the header of an array lacks one of its keys", offset: literal.offset)
        }
        if isFortran { shape.reverse() }
    }

    /// The bytes of all elements; nil if the number does not fit in 64 bits.
    var length: UInt64? {
        guard !shape.contains(0) else { return 0 }
        var length = type.width
        for extent in shape {
            let (product, overflow) = length.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            length = product
        }
        return length
    }
}
