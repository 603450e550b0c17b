/// The index beside the shards of a checkpoint: which file has which tensor, see docs/formats/sharded.md.
///
/// Hugging Face libraries write it as `model.safetensors.index.json` or `pytorch_model.bin.index.json`. It is a claim and
/// no more: the tensors are where the shards have them.
public struct ShardIndex: Hashable, Sendable {
    /// The end of the name of every index.
    public static let suffix = ".index.json"
    /// The bytes of the largest index that is read.
    public static let sizeLimit: UInt64 = 100_000_000
    /// What the name of a shard ends in.
    private static let shardSuffixes = [".safetensors", ".bin", ".pt", ".pth"]

    /// The file that is said to have a tensor, by the tensor's name.
    public var files: [ByteString: String]
    /// What the index says the tensors' bytes add up to, or nil if it says nothing.
    public var totalSize: UInt64?

    /// The names of the shards, each once, in order.
    public var shards: [String] { Set(files.values.map { ByteString($0) }).sorted().map(\.text) }

    /// Reads an index.
    ///
    /// - Throws: `malformed` if the bytes are not such a document, name a tensor twice, or name a file that is not a shard
    ///   in the index's own directory; `limitExceeded` if there are too many tensors.
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
        // Names are few and long; the same shard is named by thousands of tensors.
        var checked: Set<ByteString> = []
        try scanner.members(of: "weight_map", limit: LayoutLimits.tensors) { (scanner, tensor, _) throws(FormatError) in
            let place = scanner.position
            let file = try scanner.string("the name of a shard")
            if checked.insert(ByteString(file)).inserted { try check(file, at: UInt64(place)) }
            map[tensor] = file
        }
        return map
    }

    /// Refuses whatever is not the plain name of a weight file: it would be read from elsewhere.
    private static func check(_ file: String, at place: UInt64) throws(FormatError) {
        guard !file.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 }), !file.hasBytePrefix(".") else {
            throw FormatError(
                .malformed, "the index names \(QuotedName(file)), which is no file of its own directory", offset: place)
        }
        guard shardSuffixes.contains(where: { file.hasByteSuffix($0) }), file.utf8.count <= 255 else {
            throw FormatError(
                .malformed, "the index names \(QuotedName(file)), which is no weight file by its name", offset: place)
        }
    }

    private static func totalSize(parsing scanner: inout JSONScanner) throws(FormatError) -> UInt64? {
        var total: UInt64?
        try scanner.members(of: "metadata") { (scanner, key, _) throws(FormatError) in
            // Some writers have it as a float; then it says nothing exact.
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
