import ModmetaSnapshots
import Testing

@Suite struct CompletenessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var format: CheckpointFormat
        var names: [String]
        var missing: [String]
        var texts: [String: String] = [:]
        var testDescription: String { "\(format.rawValue): \(missing)" }
    }

    private static let trainer = [
        "model.safetensors", "optimizer.pt", "scheduler.pt", "trainer_state.json", "training_args.bin",
    ]

    @Test(arguments: [
        Case(format: .trainer, names: trainer + ["rng_state.pth"], missing: []),
        Case(format: .trainer, names: trainer + ["rng_state_0.pth", "rng_state_1.pth"], missing: []),
        Case(
            format: .trainer, names: trainer + ["rng_state_0.pth", "rng_state_3.pth"],
            missing: ["random state of ranks 1, 2"]),
        Case(
            format: .trainer, names: ["adapter_model.safetensors", "trainer_state.json"],
            missing: [
                "adapter_config.json beside the adapter", "optimizer state", "state of the learning rate's schedule",
                "random states",
            ]),
        Case(
            format: .trainer,
            names: [
                "model.safetensors.index.json", "model-00001-of-00002.safetensors", "optimizer.pt", "scheduler.pt",
                "rng_state.pth", "trainer_state.json",
            ],
            missing: ["shard model-00002-of-00002.safetensors, which model.safetensors.index.json names"],
            texts: [
                "model.safetensors.index.json":
                    "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}"
            ]),
        Case(
            format: .accelerate,
            names: ["model.safetensors", "optimizer.bin", "scheduler.bin", "random_states_0.pkl"], missing: []),
        Case(
            format: .accelerate, names: ["model.safetensors", "optimizer.bin", "scheduler.bin"],
            missing: ["random states"]),
        Case(
            format: .deepspeed,
            names: [
                "latest", "global_step10/mp_rank_00_model_states.pt",
                "global_step10/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt",
                "global_step10/bf16_zero_pp_rank_2_mp_rank_00_optim_states.pt", "global_step10/rng_state_0.pth",
            ], missing: ["optimizer state of rank 1", "random state of ranks 1, 2"], texts: ["latest": "global_step10"]),
        Case(
            format: .deepspeed,
            names: [
                "latest", "global_step10/zero_pp_rank_0_mp_rank_00_model_states.pt",
                "global_step10/zero_pp_rank_0_mp_rank_00_optim_states.pt",
            ], missing: ["random states", "directory global_step20, which the file latest names"],
            texts: ["latest": "global_step20\n"]),
        Case(
            format: .distributed, names: [".metadata", "__0_0.distcp"],
            missing: ["state of the learning rate's schedule", "random states"],
            texts: [".metadata": "model.weight optim.state"]),
        Case(
            format: .distributed, names: ["__0_0.distcp"],
            missing: [
                ".metadata, without which the .distcp files cannot be read", "optimizer state",
                "state of the learning rate's schedule", "random states",
            ]),
        Case(
            format: .weights, names: ["model.safetensors"],
            missing: [
                "optimizer state", "state of the learning rate's schedule", "random states", "trainer_state.json",
            ]),
    ])
    func namesWhatIsMissing(_ test: Case) {
        let files = test.names.map { ContentFile(name: $0, source: .bytes(Array((test.texts[$0] ?? "").utf8))) }
        let completeness = Completeness(of: files)
        #expect(completeness.format == test.format)
        #expect(completeness.missing == test.missing)
        #expect(completeness.isComplete == test.missing.isEmpty)
    }
}
