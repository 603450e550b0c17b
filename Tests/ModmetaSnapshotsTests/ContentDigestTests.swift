import Glibc
import ModmetaFormats
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaSnapshots

@Suite struct ContentDigestTests {
    private let first = SampleTensor(name: "layer.0.weight", shape: [2, 3], bytes: Array(0..<24))
    private let second = SampleTensor(name: "layer.1.bias", shape: [2], bytes: Array(100..<108))
    private let scalar = SampleTensor(name: "scale \\n é", dtype: "BF16", shape: [], bytes: [1, 2])

    private func whole() throws -> CheckpointFiles {
        let files = try CheckpointFiles()
        try files.write([first, second, scalar], to: "model.safetensors")
        try files.write("{}\n", to: "config.json")
        return files
    }

    /// Computed with Python's hashlib and json, see docs/formats/semantic-id.md.
    @Test func knownAnswers() async throws {
        let files = try whole()
        #expect(try await files.content("config.json") == KnownAnswers.configOnly)
        #expect(try await files.content() == KnownAnswers.whole)
        try files.write([first], to: "adapters/a/adapter_model.safetensors")
        try files.write("not weights", to: "adapters/b/optimizer.pt")
        #expect(try await files.content() == KnownAnswers.nested)
    }

    @Test func shardsOrderAndMetadataDoNotCount() async throws {
        let shards = try CheckpointFiles()
        try shards.write([scalar, second], to: "model-00002-of-00002.safetensors", metadata: "{\"format\":\"pt\"}")
        try shards.write([first], to: "model-00001-of-00002.safetensors")
        try shards.write("{\"weight_map\":{}}", to: "model.safetensors.index.json")
        try shards.write("{}\n", to: "config.json")
        #expect(try await shards.content() == KnownAnswers.whole)
    }

    /// Two files hold other tensors of one name: which file has which counts, and what the index says.
    @Test func ofContestedNamesTheFilesCount() async throws {
        var other = first
        other.bytes[0] ^= 1
        func content(_ one: SampleTensor, _ two: SampleTensor, index: String?) async throws -> String {
            let files = try CheckpointFiles()
            try files.write([one, second], to: "model-00001-of-00002.safetensors")
            try files.write([two, scalar], to: "model-00002-of-00002.safetensors")
            if let index { try files.write(index, to: "model.safetensors.index.json") }
            try files.write("{}\n", to: "config.json")
            return try await files.content()
        }
        let usual = try await content(first, first, index: nil)
        #expect(usual == KnownAnswers.whole)
        #expect(try await content(first, first, index: "{}") == usual)
        let contested = [
            try await content(first, other, index: nil), try await content(other, first, index: nil),
            try await content(first, other, index: "{}"), try await content(first, other, index: "{ }"), usual,
        ]
        #expect(Set(contested).count == contested.count)
    }

    @Test func theRootIsTheDeepestDirectoryOfAllPaths() async throws {
        let files = try whole()
        #expect(try await files.content("config.json", "model.safetensors") == KnownAnswers.whole)
        let nested = try CheckpointFiles()
        try nested.write([first], to: "a/model.safetensors")
        try nested.write([second], to: "b/model.safetensors")
        let both = try await nested.content("a", "b")
        #expect(try await nested.content() == both)
        try nested.write([second], to: "a/model.safetensors")
        try nested.write([first], to: "b/model.safetensors")
        #expect(try await nested.content() != both)
    }

    enum Change: CaseIterable { case bit, name, dtype, shape, otherFile, moreFiles }

    @Test(arguments: Change.allCases) func everyChangeCounts(_ change: Change) async throws {
        let files = try whole()
        var tensor = first
        switch change {
        case .bit: tensor.bytes[23] ^= 0x80
        case .name: tensor.name = "layer.0.weighs"
        case .dtype: tensor.dtype = "I32"
        case .shape: tensor.shape = [3, 2]
        case .otherFile: try files.write("{}", to: "config.json")
        case .moreFiles: try files.write("", to: "empty")
        }
        try files.write([tensor, second, scalar], to: "model.safetensors")
        #expect(try await files.content() != KnownAnswers.whole)
    }

    @Test func aPointerIsNotTheWeights() async throws {
        let files = try CheckpointFiles()
        let oid = String(repeating: "a", count: 64)
        try files.write(
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 1\n", to: "model.safetensors")
        let error = await #expect(throws: SnapshotError.self) { try await files.content() }
        #expect(error?.message.contains("git lfs pull") == true)
    }

    @Test func linksAndWhatIsPassedOver() async throws {
        let files = try whole()
        try files.write("x", to: ".git/HEAD")
        try files.write("x", to: "sub/.modmeta/x")
        #expect(try await files.content() == KnownAnswers.whole)
        #expect(symlink("nowhere", files.directory.path("latest")) == 0)
        let listed = try Checkpoint(paths: [files.path]).files.map(\.name)
        #expect(listed == ["config.json", "latest", "model.safetensors"])
        #expect(try await files.content() != KnownAnswers.whole)
    }

    @Test func nothingIsNoCheckpoint() async throws {
        let files = try CheckpointFiles()
        let error = await #expect(throws: SnapshotError.self) { try await files.content() }
        #expect(error?.code == .file)
        await #expect(throws: SnapshotError.self) { try await files.content("missing") }
    }

    @Test func bytesAndFilesAreTheSame() async throws {
        let files = try whole()
        let inMemory = try Checkpoint(paths: [files.path]).files.map { file in
            ContentFile(name: file.name, source: .bytes(try CheckpointFile.bytes(of: files.directory.path(file.name))))
        }
        #expect(try await ContentDigest(of: inMemory).content.hex == KnownAnswers.whole)
    }

    @Test func hashedBytesAreToldAsTheyAreHashed() async throws {
        let files = try CheckpointFiles()
        let bytes = [UInt8](repeating: 3, count: 3_000_000)
        try files.write([SampleTensor(name: "a", shape: [750_000], bytes: bytes)], to: "model.safetensors")
        try files.write("{}", to: "config.json")
        let steps = Mutex<[UInt64]>([])
        _ = try await ContentDigest(of: Checkpoint(paths: [files.path]).files) { done, total in
            #expect(total == 3_000_002)
            steps.withLock { $0.append(done) }
        }
        let seen = steps.withLock { $0 }
        #expect(seen.first == 0)
        #expect(seen.last == 3_000_002)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 <= 1 << 20 })
    }

    @Test func contextHasExactlySevenParts() {
        let context: DocumentValue = [
            "version": "1", "project": "qa", "config": ["train.yaml": ["lr": 0.0002, "epochs": 3]], "other": "dropped",
        ]
        #expect(SemanticID.contextDigest(context).hex == KnownAnswers.context)
        #expect(SemanticID.contextDigest(.null).hex == KnownAnswers.emptyContext)
    }
}
