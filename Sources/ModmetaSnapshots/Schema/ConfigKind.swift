internal import ModmetaFormats

/// The purpose of a configuration file, identified by its keys.
public enum ConfigKind: String, Sendable {
    /// Hyperparameters of a training run.
    case training
    /// A configuration of DeepSpeed.
    case deepspeed
    /// A configuration of `accelerate launch`.
    case accelerate
    /// The `config.json` of a model.
    case model
    /// A tokenizer, or text generation settings.
    case other

    private static let signs: [(kind: ConfigKind, keys: [ByteString])] = [
        (.deepspeed, ["zero_optimization", "train_micro_batch_size_per_gpu", "train_batch_size"]),
        (.accelerate, ["compute_environment", "distributed_type", "deepspeed_config"]),
        (.model, ["architectures", "model_type", "transformers_version"]),
        (.other, ["tokenizer_class", "added_tokens_decoder", "log_history"]),
    ]

    /// Identifies the kind of a document.
    init(of value: DocumentValue) {
        let keys = Set((value.members ?? []).map { ByteString($0.key) })
        // A file with a learning rate or an adapter is for training, whatever else it contains.
        let training: Set<ByteString> = [
            "learning_rate", "peft_type", "base_model", "model_name_or_path", "num_train_epochs",
        ]
        let kind = ConfigKind.signs.first { !keys.isDisjoint(with: $0.keys) }?.kind
        self = training.isDisjoint(with: keys) ? kind ?? .training : .training
    }
}
