/// What the files of a checkpoint say about its training.
public struct TrainingCapture: Sendable {
    /// The training method: `label`, and the adapter's settings.
    public private(set) var method: DocumentValue = .null
    /// The progress of training: step, epoch, loss.
    public private(set) var training: DocumentValue = .null
    /// The model's architecture.
    public private(set) var model: DocumentValue = .null
    /// The base model of the adapter, and its revision.
    public private(set) var baseModel: DocumentValue = .null
    /// The source file of each part.
    public private(set) var sources: DocumentValue = .null
    /// The files that could not be read, and why, if damage is tolerated.
    public private(set) var notes: [String] = []

    private static let adapterKeys = [
        "peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "target_modules", "modules_to_save", "bias",
        "rank_pattern", "alpha_pattern", "use_rslora", "use_dora",
    ]
    private static let modelKeys = [
        "model_type", "architectures", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
        "torch_dtype", "dtype", "_name_or_path",
    ]

    /// Reads the files that exist; none is required.
    ///
    /// - Parameter toleratesDamage: whether to skip a file that is not JSON, for example a truncated one, and note it.
    /// - Throws: `SnapshotError` with `syntax` if a file is not JSON and damage is not tolerated.
    public init(of files: [ContentFile], toleratesDamage: Bool = false) throws(SnapshotError) {
        if let (adapter, path) = try load("adapter_config.json", of: files, toleratesDamage) {
            method = TrainingCapture.picked(TrainingCapture.adapterKeys, from: adapter)
            method["label"] = .string(TrainingCapture.label(adapter))
            if let base = adapter["base_model_name_or_path"]?.text {
                baseModel = ["id": .string(base), "revision": adapter["revision"] ?? .null]
                sources["base_model"] = .string(path)
            }
            sources["method"] = .string(path)
        }
        if let (state, path) = try load("trainer_state.json", of: files, toleratesDamage) {
            training = TrainingCapture.progress(state)
            sources["training"] = .string(path)
        }
        if let (config, path) = try load("config.json", of: files, toleratesDamage) {
            model = TrainingCapture.picked(TrainingCapture.modelKeys, from: config)
            if model != .null { sources["model"] = .string(path) }
        }
    }

    /// Reads the file with a name, or notes why it is skipped.
    private mutating func load(
        _ name: String, of files: [ContentFile], _ toleratesDamage: Bool
    ) throws(SnapshotError) -> (DocumentValue, String)? {
        do {
            return try TrainingCapture.read(name, of: files)
        } catch  where error.code == .syntax {
            guard toleratesDamage else {
                throw SnapshotError(.syntax, "\(error.message); write the file again, or pass --no-check to skip it")
            }
            notes.append("\(error.message); the snapshot is made without this file's contents")
            return nil
        }
    }

    /// Reads the file with a name that is nearest to the root.
    private static func read(
        _ name: String, of files: [ContentFile]
    ) throws(SnapshotError) -> (DocumentValue, String)? {
        let candidates = files.filter { $0.name == name || $0.name.hasSuffix("/\(name)") }
        guard let file = candidates.min(by: { $0.name.utf8.count < $1.name.utf8.count }),
            case .file(let path) = file.source
        else { return nil }
        return (try JSONReader.value(of: CheckpointFile.bytes(of: path), path), file.name)
    }

    private static func picked(_ keys: [String], from value: DocumentValue) -> DocumentValue {
        let members = keys.compactMap { key in
            value[key].flatMap { $0 == .null ? nil : DocumentValue.Member(key, $0) }
        }
        return members.isEmpty ? .null : .object(members)
    }

    private static func label(_ adapter: DocumentValue) -> String {
        let type = adapter["peft_type"]?.text ?? "adapter"
        var label = type == "LORA" ? (adapter["use_dora"] == .bool(true) ? "DoRA" : "LoRA") : type
        if case .integer(let rank)? = adapter["r"] { label += "-r\(rank)" }
        if let alpha = adapter["lora_alpha"]?.double { label += "-alpha\(ECMAScriptNumber.text(alpha))" }
        return label
    }

    private static func progress(_ state: DocumentValue) -> DocumentValue {
        var progress = DocumentValue.object([])
        for (key, name) in [("global_step", "step"), ("max_steps", "max_steps"), ("epoch", "epoch")] {
            progress[name] = state[key]
        }
        let history = state["log_history"]?.elements ?? []
        for key in ["loss", "eval_loss", "learning_rate", "grad_norm"] {
            progress[key] = lastNumber(key, in: history)
        }
        for key in ["best_metric", "best_model_checkpoint"] where state[key] != .null { progress[key] = state[key] }
        return progress
    }

    /// The last logged value of a key, by step; it may be infinite or NaN.
    private static func lastNumber(_ key: String, in history: [DocumentValue]) -> DocumentValue? {
        var last: (step: Double, value: DocumentValue)?
        var step = -Double.infinity
        for record in history {
            // Records without a step belong to the previous step.
            if let number = record["step"]?.double, !number.isNaN { step = number }
            guard let value = record[key].flatMap(number), step >= last?.step ?? -.infinity else { continue }
            last = (step, value)
        }
        return last?.value
    }

    /// The number in a logged value; some writers store null for a number that is not finite.
    private static func number(_ value: DocumentValue) -> DocumentValue? {
        switch value {
        case .integer, .number, .special: value
        case .null: .special(.notANumber)
        case .string(let text): PlainScalar.number(text) ?? SpecialNumber(spelled: text).map { .special($0) }
        case .bool, .array, .object: nil
        }
    }
}
