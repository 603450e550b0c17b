internal import ModmetaFormats

extension CheckpointSet {
    /// The checkpoint of DeepSpeed ZeRO in a directory, if there is one.
    static func deepSpeed(in directory: CheckpointDirectory) throws -> [CheckpointSet] {
        let models = directory.files.map(\.name).filter { $0.hasByteSuffix("model_states.pt") }
        let partitions = directory.files.compactMap { PartitionName($0.name) }
        guard !partitions.isEmpty else { return [] }
        var set = CheckpointSet(
            kind: .deepSpeed, name: "optim_states.pt", files: models + partitions.map(\.file), tensorCount: 0)
        if models.isEmpty { set.problems.append("no file of model states is there, which name the parameters") }
        let model = try models.lazy.compactMap { try state(of: $0, in: directory) }.first { !$0.groups.isEmpty }
        set.tensorCount = model?.groups.reduce(0) { $0 + $1.count } ?? 0
        for (modelRank, ranks) in Dictionary(grouping: partitions, by: \.modelRank).sorted(by: { $0.key < $1.key }) {
            let states = try ranks.map { ($0, try state(of: $0.file, in: directory)) }
            let count = states.compactMap { $0.1?.partitionCount }.max() ?? UInt64(ranks.count)
            let present = Set(ranks.map { UInt64($0.rank) })
            let missing = (0..<min(count, 65_536)).filter { !present.contains($0) }
            set.report(missing.map { "\($0) of model rank \(modelRank)" }) { "the partition of rank \($0) is missing" }
            guard let model, let stage = states.lazy.compactMap({ $0.1?.stage }).first, stage <= 2 else { continue }
            for (name, _) in states.sorted(by: { $0.0.rank < $1.0.rank }) {
                set.notes += notes(of: name, model: model, in: directory)
            }
        }
        return [set]
    }

    /// What the flat tensors of a partition are parts of.
    private static func notes(
        of name: PartitionName, model: DeepSpeedState, in directory: CheckpointDirectory
    ) -> [String] {
        var notes: [String] = []
        for (group, parameters) in model.groups.enumerated() {
            let suffix = "fp32_groups.\(group)"
            guard
                let flat = directory.file(name.file)?.reading.layout.tensors.first(where: {
                    $0.name.hasByteSuffix(suffix)
                }
                ),
                let length = flat.shape.first,
                let slices = FlatPartition(of: parameters, index: UInt64(name.rank), length: length)?.slices,
                let first = slices.first, let last = slices.last
            else { continue }
            notes.append(
                "\(name.file): \(flat.name) holds \(slices.count) parameters, from \(first.name) at "
                    + "\(first.elements.lowerBound) to \(last.name) up to \(last.elements.upperBound)")
        }
        return notes
    }

    private static func state(of name: String, in directory: CheckpointDirectory) throws -> DeepSpeedState? {
        do {
            return try DeepSpeedState(parsing: try LocalFile(reading: "\(directory.path)/\(name)"))
        } catch is FormatError {
            return nil
        }
    }

    /// The name of a file of optimizer states: `zero_pp_rank_1_mp_rank_00_optim_states.pt`.
    private struct PartitionName {
        var file: String
        var rank: Int
        var modelRank: Int

        init?(_ file: String) {
            self.file = file
            var name = file[...]
            for prefix in ["bf16_", "fp16_"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
            guard name.hasPrefix("zero_pp_rank_"), name.hasSuffix("optim_states.pt") else { return nil }
            let parts = name.dropFirst("zero_pp_rank_".count).dropLast("optim_states.pt".count)
                .split(separator: "_")
            guard parts.count == 4, parts[1] == "mp", parts[2] == "rank", let rank = Int(parts[0]),
                let modelRank = Int(parts[3]), rank >= 0
            else { return nil }
            (self.rank, self.modelRank) = (rank, modelRank)
        }
    }
}
