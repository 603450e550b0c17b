import ModmetaFormats
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaSnapshots

@Suite struct SnapshotDocumentTests {
    private func sample() async throws -> SnapshotDocument {
        let files = try CheckpointFiles()
        try files.write([SampleTensor(name: "a", shape: [1], bytes: [0, 1, 2, 3])], to: "c/model.safetensors")
        try files.write(
            #"{"peft_type":"LORA","r":8,"lora_alpha":16.0,"base_model_name_or_path":"org/base","revision":null}"#,
            to: "c/adapter_config.json")
        try files.write(
            #"{"global_step":40,"epoch":1.5,"log_history":[{"loss":0.9},{"loss":0.38},{"eval_loss":NaN}]}"#,
            to: "c/trainer_state.json")
        try files.write("learning_rate: 2e-4\nno: 'yes'\n", to: "train.yaml")
        try files.write("{}\n", to: "data.jsonl")
        var request = SnapshotRequest(name: "v1", created: "2024-05-22T14:30:00Z", paths: ["c"])
        request.configs = [("train.yaml", files.directory.path("train.yaml"))]
        request.datasets = [("data.jsonl", files.directory.path("data.jsonl"))]
        request.metrics = [("accuracy", 0.5)]
        request.message = "line one\nline \"two\": # no comment"
        request.code = ["commit": "abc", "dirty": false]
        return try await request.document(of: Checkpoint(paths: [files.directory.path("c")])).document
    }

    @Test func allThatIsHashedIsCounted() async throws {
        let files = try CheckpointFiles()
        let tensor = SampleTensor(name: "a", shape: [1], bytes: [0, 1, 2, 3])
        try files.write([tensor], to: "c/model.safetensors")
        try files.write([tensor, SampleTensor(name: "b", shape: [1], bytes: [0, 1, 2, 3])], to: "b/model.safetensors")
        try files.write("{}\n{}\n", to: "data.jsonl")
        try files.write("image", to: "images/1.png")
        try files.write("images", to: "images/2/3.png")
        var request = SnapshotRequest(name: "v1", created: "2024-05-22T14:30:00Z", paths: ["c"])
        request.datasets = ["data.jsonl", "images"].map { ($0, files.directory.path($0)) }
        request.base = files.directory.path("b")
        let steps = Mutex<[UInt64]>([])
        _ = try await request.document(of: Checkpoint(paths: [files.directory.path("c")])) { done, total in
            #expect(total == 4 + 8 + 6 + 11)
            steps.withLock { $0.append(done) }
        }
        #expect(steps.withLock { $0.first } == 0)
        #expect(steps.withLock { $0.last } == 29)
    }

    @Test func isReadBackAsItWasWritten() async throws {
        let document = try await sample()
        let again = try SnapshotDocument(parsing: Array(document.yaml.utf8), path: "v1.yaml")
        #expect(again == document)
        #expect(again.yaml == document.yaml)
        #expect(document.summary.contains("v1 | \(document.id) | LoRA-r8-alpha16 | data.jsonl@ca3d163"))
    }

    /// Documents of earlier versions, with numbers that YAML 1.1 reads as text, and texts that are numbers now.
    @Test func documentsOfEarlierVersionsKeepTheirIDs() async throws {
        var context = try #require(try await sample().value["context"])
        context["config"] = ["a.yaml": ["lr": .number(1e-5), "norm": ".inf", "nan": "NaN", "<<": ["seed": 1]]]
        let document = try await sample()
        let files = try CheckpointFiles()
        try files.write("x", to: "a")
        let content = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
        let former = SnapshotDocument(
            name: document.name, created: document.created, paths: document.paths, content: content, context: context,
            details: [])
        let yaml = former.yaml.replacing("1.0e-05", with: "1e-05")
        #expect(
            yaml != former.yaml && yaml.contains("\".inf\"") && yaml.contains("nan: NaN") && yaml.contains("\"<<\":"))
        #expect(try SnapshotDocument(parsing: Array(yaml.utf8), path: "x").id == former.id)
    }

    @Test func capturesWhatTheTrainerLeft() async throws {
        let document = try await sample()
        #expect(document.metric("loss") == 0.38)
        #expect(document.metric("step") == 40)
        #expect(document.metric("accuracy") == 0.5)
        #expect(document.metric("eval_loss")?.isNaN == true)
        #expect(document.value["context"]?["base_model"] == ["id": "org/base", "revision": nil])
        #expect(document.value["context"]?["config"] == ["train.yaml": ["learning_rate": 0.0002, "no": "yes"]])
        #expect(document.value["sources"]?["training"] == "trainer_state.json")
    }

    @Test func fitsTheSchema() async throws {
        let path =
            "\(#filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined())/docs/formats/snapshot.schema.json"
        let schema = try DocumentValue(reading: CheckpointFile.bytes(of: path), path: path)
        let document = try await sample()
        var check = SchemaCheck()
        check.check(document.value, against: schema)
        #expect(check.violations == [])
        var broken = document.value
        broken["id"] = "0123"
        broken["context"]?["other"] = "x"
        check.check(broken, against: schema)
        #expect(check.violations == ["$.id: pattern", "$.context.other is not known"])
    }

    @Test func unknownKeysStay() async throws {
        let document = try await sample()
        let bytes = Array((document.yaml + "reviewed_by:\n  - someone\n").utf8)
        let again = try SnapshotDocument(parsing: bytes, path: "v1.yaml")
        #expect(again.value["reviewed_by"] == ["someone"])
        #expect(again.yaml == document.yaml + "reviewed_by:\n  - someone\n")
    }

    struct Edit: Sendable {
        var from: String
        var to: String
        var says: String
    }

    @Test(arguments: [
        Edit(from: "learning_rate: 0.0002", to: "learning_rate: 0.0003", says: "edited"),
        Edit(from: "modmeta.snapshot/1", to: "modmeta.snapshot/2", says: "format"),
        Edit(from: "  - c\n", to: "  - c/../../x\n", says: "outside the repository"),
        Edit(from: "  - c\n", to: "  - .git\n", says: "outside the repository"),
        Edit(from: "name: v1", to: "name: ../v1", says: "is not valid"),
        Edit(from: "name: v1", to: "name: v1\nname: v2", says: "has the key name twice"),
        Edit(from: "hashes:", to: "hush:", says: "hashes"),
        Edit(from: "id: ", to: "id: x", says: "does not match its hashes"),
    ])
    func refusesWhatWasEdited(_ edit: Edit) async throws {
        let yaml = try await sample().yaml
        let start = try #require(yaml.firstRange(of: edit.from))
        let edited = yaml.replacingCharacters(in: start, with: edit.to)
        let error = #expect(throws: SnapshotError.self) {
            try SnapshotDocument(parsing: Array(edited.utf8), path: "v1.yaml")
        }
        #expect(error?.message.contains(edit.says) == true)
    }

    @Test func sameButForTheMoment() async throws {
        let document = try await sample()
        let later = document.yaml.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasPrefix("created:") ? "created: \"2025-01-01T00:00:00Z\"" : $0
        }.joined(separator: "\n")
        let other = try SnapshotDocument(parsing: Array(later.utf8), path: "v1.yaml")
        #expect(other != document)
        #expect(other.isSameSnapshot(as: document))
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
