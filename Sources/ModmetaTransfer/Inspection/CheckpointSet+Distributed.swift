internal import ModmetaFormats

extension CheckpointSet {
    /// The checkpoint of torch.distributed.checkpoint in a directory, if there is one.
    static func distributed(in directory: CheckpointDirectory) throws -> [CheckpointSet] {
        let name = DistributedMetadata.fileName
        let present = directory.files.map(\.name).filter { $0.hasByteSuffix(".distcp") }
        guard directory.file(name) != nil || !present.isEmpty else { return [] }
        var set = CheckpointSet(kind: .distributed, name: name, files: present, tensorCount: 0)
        guard directory.file(name) != nil else {
            set.problems = [
                "the checkpoint is incomplete: it has no .metadata, which is written last; nothing can be loaded from it"
            ]
            return [set]
        }
        let metadata: DistributedMetadata
        do {
            metadata = try DistributedMetadata(
                parsing: try directory.contents(of: name, limit: 1 << 30))
        } catch let error as FormatError {
            set.problems = ["the metadata cannot be used: \(error)"]
            return [set]
        }
        let named = metadata.files
        let isNamed = Set(named.map { ByteString($0) })
        set.files = named
        set.tensorCount = metadata.tensors.count
        set.report(named.filter { directory.file($0) == nil }) { "the file \($0) is missing" }
        set.report(present.filter { !isNamed.contains(ByteString($0)) }) {
            "the metadata does not name the file \($0)"
        }
        let cut = metadata.items.filter { item in
            directory.file(item.file).map { item.range.upperBound > $0.reading.layout.size } ?? false
        }
        set.report(cut.map { "\($0.file) ends before the bytes of \($0.name)" }) { "the file \($0)" }
        set.report(metadata.tensors.filter { $0.isComplete == false }.map(\.name)) {
            "the parts of the tensor \($0) do not have as many elements as the whole"
        }
        let parts = metadata.tensors.reduce(0) { $0 + $1.parts.count }
        set.notes = ["\(parts) parts of \(metadata.tensors.count) tensors"]
        return [set]
    }
}
