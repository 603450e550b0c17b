/// How a training run changes a model.
public enum TrainingMethod: String, Sendable {
    /// Low-rank adapters next to frozen weights.
    case lora
    /// Low-rank adapters next to frozen 4-bit weights.
    case qlora
    /// All or some of the weights themselves.
    case full

    /// Identifies the method from settings with canonical keys.
    init(of settings: DocumentValue) {
        let adapter = settings["adapter"]?.text?.lowercased()
        let isFourBit =
            settings["load_in_4bit"] == .bool(true) || settings["quantization_bit"] == .integer(4)
            || settings["quantization_bit"] == .string("4")
        if adapter == "qlora" {
            self = .qlora
        } else if adapter == "full" || adapter == "freeze" || settings["use_peft"] == .bool(false) {
            self = .full
        } else if adapter != nil || settings["use_peft"] == .bool(true) || settings["peft_type"]?.text != nil
            || settings["lora_r"]?.double != nil || settings["lora_alpha"]?.double != nil
        {
            self = isFourBit ? .qlora : .lora
        } else {
            self = .full
        }
    }
}
