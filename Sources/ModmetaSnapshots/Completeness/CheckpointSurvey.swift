internal import ModmetaFormats

/// One pass over the files of a checkpoint to find what training needs.
///
/// The names are those of transformers' Trainer, Accelerate, DeepSpeed's engine and torch.distributed.checkpoint.
struct CheckpointSurvey {
    private let files: [ByteString: ContentFile]
    private let names: CheckpointNames
    let format: CheckpointFormat
    private(set) var processCount = 1
    private(set) var parts: [Completeness.Part] = []
    private(set) var unlisted: [String] = []

    init(_ files: [ContentFile]) {
        self.files = Dictionary(files.map { (ByteString($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        names = CheckpointNames(names: files.map(\.name).sorted())
        format = CheckpointFormat(of: names.names)
    }

    mutating func inspect() {
        let ranks = names.ranks(endingWith: "_optim_states.pt")
        processCount = max(
            (ranks.max() ?? 0) + 1, (names.numbers(after: "rng_state_", before: ".pth").max() ?? 0) + 1,
            (names.numbers(after: "random_states_", before: ".pkl").max() ?? 0) + 1)
        parts.append(model())
        for index in names.all(where: { $0.hasSuffix(ShardIndex.suffix) }) { unlisted += unlistedShards(of: index) }
        parts.append(optimizer(ranks))
        parts.append(scheduler())
        parts.append(randomStates())
        if let part = trainerState() { parts.append(part) }
    }

    /// The name of DCP's `.metadata` file, if it exists and contains a word.
    private func metadataMentioning(_ word: String) -> String? {
        guard let metadata = names.first(".metadata"), let bytes = bytes(of: metadata) else { return nil }
        // Names in a pickle are plain UTF-8.
        return String(decoding: bytes, as: UTF8.self).contains(word) ? metadata : nil
    }

    private func bytes(of name: String) -> [UInt8]? {
        switch files[ByteString(name)]?.source {
        case .file(let path)?: try? CheckpointFile.bytes(of: path)
        case .bytes(let bytes)?: bytes
        case .link?, nil: nil
        }
    }

    private func model() -> Completeness.Part {
        var part = Completeness.Part(name: "model", found: nil, missing: [])
        if let index = names.first("model.safetensors.index.json", "pytorch_model.bin.index.json") {
            part.found = index
            part.missing = missingShards(of: index)
            return part
        }
        part.found = names.first(
            "model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin",
            "pytorch_model_fsdp.bin", "consolidated.00.pth")
        part.found = part.found ?? names.all { $0.hasSuffix("_model_states.pt") }.first
        if part.found == nil, names.names.contains(where: { $0.hasSuffix(".distcp") }) {
            part.found = names.first(".metadata")
            if part.found == nil { part.missing = [".metadata, without which the .distcp files cannot be read"] }
            return part
        }
        part.found = part.found ?? names.all { $0.hasSuffix(".safetensors") || $0.hasSuffix(".gguf") }.first
        if let adapter = part.found, adapter.contains("adapter_model"), names.first("adapter_config.json") == nil {
            part.missing = ["adapter_config.json beside the adapter"]
        }
        if part.found == nil { part.missing = ["model weights"] }
        return part
    }

    /// The shards that an index names but that do not exist.
    private func missingShards(of index: String) -> [String] {
        guard let bytes = bytes(of: index), let value = try? DocumentValue(reading: bytes, path: index),
            let map = value["weight_map"]?.members
        else { return ["readable \(index)"] }
        let directory = index.lastIndex(of: "/").map { String(index[...$0]) } ?? ""
        return Set(map.compactMap(\.value.text).map { ByteString($0) }).sorted().map(\.text).filter {
            files[ByteString(directory + $0)] == nil
        }
        .map { "shard \(directory)\($0), which \(index) names" }
    }

    /// The files next to an index that are named like shards but are not in the index.
    private func unlistedShards(of index: String) -> [String] {
        guard let bytes = bytes(of: index), let listed = try? ShardIndex(parsing: bytes).shards else { return [] }
        let directory = index.lastIndex(of: "/").map { String(index[...$0]) } ?? ""
        let beside = names.names.filter { $0.utf8.starts(with: directory.utf8) }
            .map { String(decoding: $0.utf8.dropFirst(directory.utf8.count), as: UTF8.self) }
            .filter { !$0.utf8.contains(UInt8(ascii: "/")) }
        return ShardIndex.unlisted(among: beside, beside: CheckpointNames.leaf(index), listed: listed)
            .map { "\(directory)\($0) is next to \(index) but not listed in it" }
    }

    private func optimizer(_ ranks: Set<Int>) -> Completeness.Part {
        var part = Completeness.Part(
            name: "optimizer",
            found: names.first("optimizer.pt", "optimizer.bin", "optimizer.safetensors", "optimizer_0.bin"), missing: []
        )
        part.found = part.found ?? names.names.first { $0.contains("optimizer_0/") && $0.hasSuffix(".distcp") }
        if part.found == nil, !ranks.isEmpty {
            part.found = names.all { $0.hasSuffix("_optim_states.pt") }.first
            part.missing = missing(ranks, "optimizer state")
        }
        part.found = part.found ?? metadataMentioning("optim")
        if part.found == nil { part.missing = ["optimizer state"] }
        return part
    }

    private func scheduler() -> Completeness.Part {
        var found = names.first("scheduler.pt", "scheduler.bin")
        // DeepSpeed stores its own scheduler with the model.
        if format == .deepspeed { found = found ?? names.all { $0.hasSuffix("_model_states.pt") }.first }
        if format == .distributed { found = metadataMentioning("scheduler") }
        return Completeness.Part(
            name: "scheduler", found: found, missing: found == nil ? ["state of the learning rate's schedule"] : [])
    }

    private func randomStates() -> Completeness.Part {
        for (start, end) in [("rng_state_", ".pth"), ("random_states_", ".pkl")] {
            let ranks = names.numbers(after: start, before: end)
            guard !ranks.isEmpty else { continue }
            return Completeness.Part(
                name: "random states", found: "\(start)0\(end)", missing: missing(ranks, "random state"))
        }
        let found = names.first("rng_state.pth") ?? (format == .distributed ? metadataMentioning("rng") : nil)
        guard found != nil else {
            return Completeness.Part(name: "random states", found: nil, missing: ["random states"])
        }
        return Completeness.Part(
            name: "random states", found: found,
            missing: processCount > 1 ? ["random states of the other \(processCount - 1) processes"] : [])
    }

    private func trainerState() -> Completeness.Part? {
        switch format {
        case .trainer, .weights:
            let found = names.first("trainer_state.json")
            return Completeness.Part(
                name: "trainer state", found: found, missing: found == nil ? ["trainer_state.json"] : [])
        case .deepspeed:
            guard let latest = names.first("latest"), let bytes = bytes(of: latest) else {
                return Completeness.Part(name: "trainer state", found: nil, missing: ["file latest"])
            }
            let tag = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(
                String.init)
            let exists = tag.map { tag in names.names.contains { "/\($0)".contains("/\(tag)/") } } ?? false
            return Completeness.Part(
                name: "trainer state", found: latest,
                missing: exists ? [] : ["directory \(tag ?? "?"), which the file latest names"])
        case .accelerate, .distributed: return nil
        }
    }

    /// Describes the ranks whose files are missing.
    private func missing(_ ranks: Set<Int>, _ what: String) -> [String] {
        let gone = (0..<processCount).filter { !ranks.contains($0) }
        guard !gone.isEmpty else { return [] }
        let list = gone.prefix(8).map { "\($0)" }.joined(separator: ", ") + (gone.count > 8 ? ", ..." : "")
        return ["\(what) of rank\(gone.count > 1 ? "s" : "") \(list)"]
    }
}
