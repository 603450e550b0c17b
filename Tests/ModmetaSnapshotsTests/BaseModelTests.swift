import Glibc
import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

/// What is read of a base model that a checkpoint's own file names.
@Suite struct BaseModelTests {
    private let files: CheckpointFiles
    private let tensor = SampleTensor(name: "a", shape: [1], bytes: [0, 1, 2, 3])

    init() throws { files = try CheckpointFiles() }

    private func base(_ path: String) async throws -> (detail: DocumentValue?, notes: [String]) {
        try files.write([tensor], to: "c/adapter_model.safetensors")
        try files.write(
            #"{"peft_type":"LORA","r":8,"base_model_name_or_path":"\#(path)"}"#, to: "c/adapter_config.json")
        let request = SnapshotRequest(name: "v1", created: "2024-05-22T14:30:00Z", paths: ["c"])
        let result = try await request.document(of: Checkpoint(paths: [files.directory.path("c")]))
        return (result.document.value["base"], result.content.notes)
    }

    private func expectNote(_ path: String, _ reason: String) async throws {
        let (detail, notes) = try await base(path)
        #expect(detail == nil || detail == .null)
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("base_model_name_or_path of adapter_config.json: ") == true)
        #expect(notes.first?.contains(reason) == true, "\(notes)")
    }

    @Test func aModelsDirectoryIsReadAtItsTop() async throws {
        try files.write("{}", to: "b/config.json")
        try files.write([tensor], to: "b/model.safetensors")
        let (first, notes) = try await base(files.directory.path("b"))
        #expect(first?["tensors"] == 1 && notes == [])
        // None of these is a model's weights.
        try files.write("an optimizer's state", to: "b/optimizer.pt")
        try files.write("private", to: "b/diary")
        try files.write("not weights", to: "b/notes.bin")
        try files.write(
            [tensor, SampleTensor(name: "z", shape: [1], bytes: [0, 1, 2, 3])], to: "b/sub/model.safetensors")
        #expect(mkfifo(files.directory.path("b/pipe.bin"), 0o600) == 0)
        #expect(symlink("/dev/zero", files.directory.path("b/zero.pt")) == 0)
        #expect(
            symlink(files.directory.path("c/adapter_model.safetensors"), files.directory.path("b/link.safetensors"))
                == 0)
        #expect(try await base(files.directory.path("b")).detail == first)
    }

    @Test func linksOfTheHubsCacheAreFollowed() async throws {
        let commit = String(repeating: "0a", count: 20)
        let snapshot = "hub/models--org--base/snapshots/\(commit)"
        try files.write([tensor], to: "hub/models--org--base/blobs/1")
        try files.write("{}", to: "hub/models--org--base/blobs/2")
        try files.write("", to: "\(snapshot)/.keep")
        #expect(symlink("../../blobs/1", files.directory.path("\(snapshot)/model.safetensors")) == 0)
        #expect(symlink("../../blobs/2", files.directory.path("\(snapshot)/config.json")) == 0)
        let (detail, notes) = try await base(files.directory.path(snapshot))
        #expect(detail?["tensors"] == 1 && detail?["revision"] == .string(commit) && notes == [])
    }

    @Test func anyOtherDirectoryIsNamedAndNotRead() async throws {
        try files.write([tensor], to: "b/model.safetensors")
        try await expectNote(files.directory.path("b"), "is not a directory with config.json and weights at its top")
        try await expectNote("/proc", "is not a directory with config.json")
        try await expectNote("/", "is not a directory with config.json")
        try files.write("{}", to: "d/config.json")
        try files.write("text", to: "d/model.bin")
        try await expectNote(files.directory.path("d"), "is not a directory with config.json")
    }

    @Test func whatCannotBeReadIsANote() async throws {
        let commit = String(repeating: "0a", count: 20)
        let snapshot = "hub/models--org--base/snapshots/\(commit)"
        try files.write(
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", to: "\(snapshot)/model.safetensors")
        try files.write([tensor], to: "c/adapter_model.safetensors")
        try files.write(
            #"{"peft_type":"LORA","r":8,"base_model_name_or_path":"org/base","revision":"\#(commit)"}"#,
            to: "c/adapter_config.json")
        var request = SnapshotRequest(name: "v1", created: "2024-05-22T14:30:00Z", paths: ["c"])
        let hub = files.directory.path("hub")
        request.variable = { $0 == "HF_HUB_CACHE" ? hub : nil }
        let result = try await request.document(of: Checkpoint(paths: [files.directory.path("c")]))
        #expect(result.document.value["base"] ?? .null == .null)
        #expect(result.content.notes.first?.contains("is a git-lfs pointer") == true, "\(result.content.notes)")
    }

    @Test func aPathThatIsNotHereSaysNothing() async throws {
        let (detail, notes) = try await base("/somewhere/else/model")
        #expect(detail == nil || detail == .null)
        #expect(notes == [])
    }
}
