import Testing

@testable import ModmetaSnapshots

@Suite struct TrainingCaptureTests {
    private func training(_ history: String) throws -> DocumentValue {
        let files = try CheckpointFiles()
        try files.write("{\"global_step\": 300, \"log_history\": [\(history)]}", to: "trainer_state.json")
        return try TrainingCapture(of: Checkpoint(paths: [files.path]).files).training
    }

    /// The logged records, and the loss as YAML.
    private static let histories: [(String, String)] = [
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": NaN}"#, ".nan"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": Infinity}"#, ".inf"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": -Infinity}"#, "-.inf"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": "nan"}"#, ".nan"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": null}"#, ".nan"),
        (#"{"step": 100, "loss": NaN}, {"step": 200, "loss": 0.4}"#, "0.4"),
        // The later step wins, in any order, and for equal steps the later record.
        (#"{"step": 200, "loss": 0.3}, {"step": 100, "loss": 0.4}"#, "0.3"),
        (#"{"step": 200, "loss": 0.3}, {"step": 200, "loss": 0.2}"#, "0.2"),
        (#"{"loss": 0.3}, {"loss": 0.2}"#, "0.2"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "eval_loss": 0.5}"#, "0.4"),
        (#"{"step": 100, "loss": "0.25"}"#, "0.25"),
        (#"{"step": 100, "loss": 0.4}, {"step": 200, "loss": []}"#, "0.4"),
    ]

    @Test(arguments: histories) func theLastLossCounts(_ history: String, _ loss: String) throws {
        #expect(try training(history)["loss"]?.yaml == "\(loss)\n")
    }
}
