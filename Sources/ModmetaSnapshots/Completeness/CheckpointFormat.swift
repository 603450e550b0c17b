/// The tool that wrote a checkpoint, identified by the file names.
public enum CheckpointFormat: String, Sendable {
    /// A `checkpoint-N` of Hugging Face Trainer.
    case trainer = "Hugging Face Trainer"
    /// A state of Accelerate.
    case accelerate = "Accelerate"
    /// A checkpoint of DeepSpeed alone.
    case deepspeed = "DeepSpeed"
    /// A directory of torch.distributed.checkpoint.
    case distributed = "torch.distributed.checkpoint"
    /// Weights alone, from an unknown tool.
    case weights = "weights only"

    init(of names: [String]) {
        let leaves = Set(names.map(CheckpointNames.leaf))
        if leaves.contains("trainer_state.json") {
            self = .trainer
        } else if leaves.contains(where: { $0.hasPrefix("random_states_") && $0.hasSuffix(".pkl") })
            || leaves.isSuperset(of: ["optimizer.bin", "scheduler.bin"])
        {
            self = .accelerate
        } else if leaves.contains(where: { $0.hasSuffix("_optim_states.pt") })
            || leaves.contains(where: { $0.hasSuffix("_model_states.pt") })
        {
            self = .deepspeed
        } else if leaves.contains(where: { $0.hasSuffix(".distcp") }) {
            self = .distributed
        } else {
            self = .weights
        }
    }
}
