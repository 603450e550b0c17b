/// The index of a sharded checkpoint, which maps tensors to files; see docs/formats/sharded.md.
///
/// Hugging Face libraries write it as `model.safetensors.index.json` or `pytorch_model.bin.index.json`. It is only a
/// claim: the shards decide where the tensors are.
public struct ShardIndex: Hashable, Sendable {
    /// The suffix of every index name.
    public static let suffix = ".index.json"
    /// The bytes of the largest index that is read.
    public static let sizeLimit: UInt64 = 100_000_000
    /// The suffixes of shard names.
    private static let shardSuffixes = [".safetensors", ".bin", ".pt", ".pth"]

    /// The claimed file of each tensor, by the tensor's name.
    public var files: [ByteString: String]
    /// The claimed bytes of all tensors, or nil if the index does not say.
    public var totalSize: UInt64?

    /// The names of the shards, unique and sorted.
    public var shards: [String] { Set(files.values.map { ByteString($0) }).sorted().map(\.text) }

    /// Parses an index.
    ///
    /// - Throws: `malformed` if the bytes are not an index, name a tensor twice, or name a file that is not a shard in
    ///   the index's own directory; `limitExceeded` if there are too many tensors.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var scanner = JSONScanner(bytes, in: 0..<bytes.count)
        var map: [ByteString: String]?
        var total: UInt64?
        try scanner.members(of: "the index") { (scanner, key, _) throws(FormatError) in
            switch key {
            case "weight_map": map = try ShardIndex.map(parsing: &scanner)
            case "metadata": total = try ShardIndex.totalSize(parsing: &scanner)
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        guard let map else { throw FormatError(.malformed, "the index has no weight_map", offset: 0) }
        (files, totalSize) = (map, total)
    }

    private static func map(parsing scanner: inout JSONScanner) throws(FormatError) -> [ByteString: String] {
        var map: [ByteString: String] = [:]
        // Thousands of tensors name the same few shards.
        var checked: Set<ByteString> = []
        try scanner.members(of: "weight_map", limit: LayoutLimits.tensors) { (scanner, tensor, _) throws(FormatError) in
            let place = scanner.position
            let file = try scanner.string("the name of a shard")
            if checked.insert(ByteString(file)).inserted { try check(file, at: UInt64(place)) }
            map[tensor] = file
        }
        return map
    }

    /// Refuses a file that is not a plain weight file name: it would be read from elsewhere.
    private static func check(_ file: String, at place: UInt64) throws(FormatError) {
        guard !file.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 }), !file.hasBytePrefix(".") else {
            throw FormatError(
                .malformed, "the index names \(QuotedName(file)), which is not a file in its own directory",
                offset: place)
        }
        guard shardSuffixes.contains(where: { file.hasByteSuffix($0) }), file.utf8.count <= 255 else {
            throw FormatError(
                .malformed, "the index names \(QuotedName(file)), which is not named like a weight file", offset: place)
        }
    }

    private static func totalSize(parsing scanner: inout JSONScanner) throws(FormatError) -> UInt64? {
        var total: UInt64?
        try scanner.members(of: "metadata") { (scanner, key, _) throws(FormatError) in
            // Some writers store a float here, which is not exact, so it is ignored.
            var attempt = scanner
            if key == "total_size", let value = try? attempt.unsignedInteger("total_size") {
                scanner = attempt
                total = value
            } else {
                try scanner.skipValue()
            }
        }
        return total
    }
}
