/// The key-value pairs at the start of a GGUF file; keeps only the alignment and the keys of a split model.
struct GGUFMetadata {
    /// The bytes of the shortest pair.
    private static let minimumLength = 13
    /// The most nested arrays; the format allows nesting, but no writer uses it.
    private static let depthLimit = 4
    private static let keyLimit: UInt64 = 65_535

    /// The alignment of tensors, in bytes.
    private(set) var alignment: UInt64 = 32
    /// The integers under `split.`: the number of this part and of all parts.
    private(set) var split: [ByteString: UInt64] = [:]

    /// Reads all pairs.
    init(parsing reader: inout ByteReader, count: UInt64) throws(FormatError) {
        guard count <= UInt64(reader.remaining / GGUFMetadata.minimumLength) else {
            throw FormatError(
                .truncated, "the file is too short for its \(count) key-value pairs", offset: reader.offset)
        }
        var keys = Set<ByteString>()
        for _ in 0..<count {
            let place = reader.offset
            let length = try reader.uint64("a key")
            guard length <= GGUFMetadata.keyLimit else {
                throw FormatError(
                    .malformed, "a key has \(length) bytes, more than the \(GGUFMetadata.keyLimit) of the format",
                    offset: place)
            }
            let key = ByteString(String(decoding: try reader.slice(length, "a key"), as: UTF8.self))
            guard keys.insert(key).inserted else {
                throw FormatError(.malformed, "the key \(QuotedName(key)) occurs twice", offset: place)
            }
            let type = try reader.uint32("a value's type")
            if key == "general.alignment" {
                try readAlignment(&reader, type: type, place: place)
            } else if GGUFSplit.keys.contains(key), let size = GGUFMetadata.size(of: type) {
                split[key] = try reader.slice(size, "a value").reversed().reduce(0) { $0 << 8 | UInt64($1) }
            } else {
                try GGUFMetadata.skip(&reader, type: type, depth: 0)
            }
        }
    }

    private mutating func readAlignment(
        _ reader: inout ByteReader, type: UInt32, place: UInt64
    ) throws(FormatError) {
        guard type == 4 else {
            throw FormatError(.malformed, "general.alignment is not an unsigned integer of 32 bits", offset: place)
        }
        alignment = UInt64(try reader.uint32("the alignment"))
        guard alignment > 0, alignment & (alignment - 1) == 0 else {
            throw FormatError(.malformed, "general.alignment is \(alignment), not a power of two", offset: place)
        }
    }

    private static func skip(_ reader: inout ByteReader, type: UInt32, depth: Int) throws(FormatError) {
        let place = reader.offset
        switch type {
        case 8: _ = try reader.slice(try reader.uint64("a text"), "a text")
        case 9:
            guard depth < depthLimit else {
                throw FormatError(.limitExceeded, "arrays are nested more than \(depthLimit) deep", offset: place)
            }
            let members = try reader.uint32("an array's type")
            let count = try reader.uint64("an array's length")
            if let size = size(of: members) {
                let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
                _ = try reader.slice(overflow ? .max : bytes, "an array")
            } else {
                // A string or array has at least 8 bytes.
                guard count <= UInt64(reader.remaining / 8) else {
                    throw FormatError(.truncated, "the file is too short for an array of \(count)", offset: place)
                }
                for _ in 0..<count { try skip(&reader, type: members, depth: depth + 1) }
            }
        default:
            guard let size = size(of: type) else {
                throw FormatError(.malformed, "a value has the unknown type \(type)", offset: place)
            }
            _ = try reader.slice(size, "a value")
        }
    }

    /// The bytes of a value of fixed size; nil for strings, arrays and unknown types.
    private static func size(of type: UInt32) -> UInt64? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 10, 11, 12: 8
        default: nil
        }
    }
}
