internal import ModmetaFormats

extension CheckpointSet {
    /// The checkpoints of which a directory has an index.
    static func sharded(in directory: CheckpointDirectory) throws -> [CheckpointSet] {
        try directory.files.filter { $0.name.hasByteSuffix(ShardIndex.suffix) }
            .map { try sharded(by: $0.name, in: directory) }
    }

    private static func sharded(by name: String, in directory: CheckpointDirectory) throws -> CheckpointSet {
        var set = CheckpointSet(kind: .sharded, name: name, files: [], tensorCount: 0)
        let index: ShardIndex
        do {
            index = try ShardIndex(parsing: try directory.contents(of: name, limit: ShardIndex.sizeLimit))
        } catch let error as FormatError {
            set.problems = ["the index cannot be used: \(error)"]
            return set
        }
        set.files = index.shards
        set.tensorCount = index.files.count
        set.report(index.shards.filter { directory.file($0) == nil }) { "the shard \($0) is missing" }
        set.report(
            ShardIndex.unlisted(among: directory.files.map(\.name), beside: name, listed: index.shards)
        ) { "the index does not list \($0), which lies beside it" }
        var places: [ByteString: [String]] = [:]
        for shard in index.shards {
            guard let file = directory.file(shard) else { continue }
            if let violation = file.reading.violation {
                set.problems.append("the shard \(shard) cannot be read: \(violation)")
            }
            for tensor in file.tensorNames { places[ByteString(tensor), default: []].append(shard) }
        }
        let listed = index.files.sorted { $0.key < $1.key }.filter { directory.file($0.value) != nil }
        set.report(listed.filter { places[$0.key] == nil }.map(\.key.text)) {
            "no shard has the tensor \($0), which the index lists"
        }
        let elsewhere = listed.filter { places[$0.key]?.hasText($0.value) == false }
        set.report(elsewhere.map { "\($0.key) is not in \($0.value) but in \(places[$0.key]?.first ?? "")" }) {
            "the tensor \($0)"
        }
        set.report(places.filter { $0.value.count > 1 }.map(\.key).sorted().map(\.text)) {
            "several shards have the tensor \($0)"
        }
        let unlisted = places.keys.filter { index.files[$0] == nil }.sorted()
        set.report(unlisted.map { "\($0) of \(places[$0]?.first ?? "")" }) {
            "the index does not list the tensor \($0)"
        }
        return set
    }
}
