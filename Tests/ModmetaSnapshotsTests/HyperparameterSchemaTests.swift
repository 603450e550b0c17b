import ModmetaSnapshots
import Testing

@Suite struct HyperparameterSchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var findings: [String]
        var method: TrainingMethod?
        var testDescription: String { text }
    }

    private static func lines(_ check: ConfigCheck) -> [String] {
        check.findings.map { "\($0.severity.rawValue) \($0.line ?? 0) \($0.key): \($0.message)" }
    }

    @Test(arguments: [
        Case(
            text: "base_model: a\nlerning_rate: 0.1\n", findings: ["error 2 lerning_rate: did you mean learning_rate?"],
            method: .full),
        Case(
            text: "learning_rate: 0.0\n",
            findings: ["error 1 learning_rate: the learning rate must lie between 0 and 1 (it is 0)"], method: .full),
        Case(
            text: "learning_rate: 2e-4\nadapter: lora\nlora_r: 8\nlora_alpha: 16\n",
            findings: [
                "warning 1 learning_rate: is text to PyYAML, so 2e-4 is no number there; write 0.0002"
            ], method: .lora),
        Case(
            text: "learning_rate: 0.1\nbf16: no\nseed: 017\n",
            findings: [
                "warning 1 learning_rate: above 0.01 the training of all weights rarely keeps what the model knew "
                    + "(it is 0.1)",
                "warning 2 bf16: is the truth value false to PyYAML; write false, or \"no\" for text",
                "warning 3 seed: is the octal number 15 to PyYAML; write it without the zero in front, or in quotes",
            ], method: .full),
        Case(
            text: "model_name_or_path: a\nfinetuning_type: lora\nlora_rank: 8\nlora_alpha: 16\nquantization_bit: 4\n",
            findings: [], method: .qlora),
        Case(
            text: "learning_rate: 0.1\nlr: 0.2\nlora_r: 8\nlora_alpha: 8\n",
            findings: ["warning 2 lr: means the same as learning_rate but has another value; keep one of them"],
            method: .lora),
        Case(
            text: "adapter: qlora\nload_in_4bit: false\nlora_r: 8\nlora_alpha: 8\nbase_model: a\n",
            findings: ["error 2 load_in_4bit: QLoRA keeps the base model in four bits (it is false)"], method: .qlora),
        Case(
            text: "training:\n  learning_rate: 5\n",
            findings: [], method: nil),
        Case(text: "zero_optimization: {stage: 3}\nbf16: {enabled: auto}\n", findings: [], method: nil),
        Case(text: "learning_rate:\nlora_r: ${RANK}\nlora_alpha: 8\n", findings: [], method: .lora),
    ])
    func findsWhatIsWrong(_ test: Case) throws {
        let check = try HyperparameterSchema.builtIn().check(Array(test.text.utf8), path: "train.yaml")
        if test.text.hasPrefix("training:") {
            #expect(check.findings.first?.key == "training.learning_rate")
        } else {
            #expect(Self.lines(check) == test.findings)
            #expect(check.method == test.method)
        }
    }

    @Test func toolsShareAVocabulary() throws {
        let schema = try HyperparameterSchema.builtIn()
        for key in ["per_device_train_batch_size", "micro_batch_size"] {
            #expect(schema.canonicalName(of: key) == "per_device_train_batch_size")
        }
        for key in ["sequence_len", "cutoff_len", "max_seq_length", "model_max_length"] {
            #expect(schema.canonicalName(of: key) == "max_length")
        }
        for key in ["r", "lora_rank", "lora_r"] { #expect(schema.canonicalName(of: key) == "lora_r") }
        #expect(schema.canonicalName(of: "lerning_rate") == nil)
    }

    @Test func anOwnSchemaAddsToTheBuiltInOne() throws {
        let text = """
            format: modmeta.schema/1
            extends: default
            known: [our_switch]
            required: [seed]
            keys:
              learning_rate: {type: number, maximum: 0.001, message: "we never go above 0.001"}
              our_mode: {type: string, enum: [fast, slow]}
            """
        let schema = try HyperparameterSchema(parsing: Array(text.utf8), path: "schema.yaml")
        let config = "learning_rate: 0.01\nour_switch: 1\nour_mode: quick\n"
        let check = try schema.check(Array(config.utf8), path: "a.yaml")
        #expect(
            Self.lines(check) == [
                "error 0 seed: is missing", "error 1 learning_rate: we never go above 0.001 (it is 0.01)",
                "error 3 our_mode: is none of \"fast\", \"slow\" (it is \"quick\")",
            ])
        #expect(!check.isAcceptable)
    }

    @Test(arguments: [
        "keys: {}", "format: modmeta.schema/1\nkeys: {lr: {minimun: 3}}",
        "format: modmeta.schema/1\nunknown: perhaps", "format: modmeta.schema/1\nkeys: {lr: {pattern: '('}}",
        "format: modmeta.schema/1\nmethods: {magic: {}}", "format: modmeta.schema/1\nextends: theirs",
    ])
    func aSchemaWithMistakesIsRefused(_ text: String) {
        #expect(throws: SnapshotError.self) {
            try HyperparameterSchema(parsing: Array(text.utf8), path: "schema.yaml")
        }
    }

    @Test func aKeyGivenTwiceIsRefused() {
        #expect(throws: SnapshotError.self) {
            try HyperparameterSchema.builtIn().check(Array("seed: 1\nseed: 2\n".utf8), path: "a.yaml")
        }
    }
}
