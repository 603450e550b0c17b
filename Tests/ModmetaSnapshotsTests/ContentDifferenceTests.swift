import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

@Suite struct ContentDifferenceTests {
    private let tensors = [
        SampleTensor(name: "kept", shape: [2], bytes: Array(0..<8)),
        SampleTensor(name: "changed", shape: [1], bytes: [1, 2, 3, 4]),
        SampleTensor(name: "gone", shape: [1], bytes: [5, 6, 7, 8]),
    ]

    private func expected(_ files: CheckpointFiles, isHere: Bool = true) throws -> [ContentDifference.Expected] {
        try Checkpoint(paths: [files.path]).files.map { file in
            let path = "\(files.path)/\(file.name)"
            return .init(
                name: file.name, digest: try FileDigest.sha256(ofFileAt: path), source: isHere ? file.source : nil)
        }
    }

    private func sample() throws -> CheckpointFiles {
        let files = try CheckpointFiles()
        try files.write(tensors, to: "sub/model.safetensors")
        try files.write("{}", to: "config.json")
        try files.write("same", to: "same.txt")
        return files
    }

    @Test func filesAndTensorsAreNamed() throws {
        let old = try sample()
        let new = try CheckpointFiles()
        var other = tensors
        other[1].bytes[0] ^= 1
        other[2].name = "new"
        try new.write(other, to: "sub/model.safetensors")
        try new.write("same", to: "same.txt")
        try new.write("x", to: "extra.json")
        let difference = try ContentDifference(
            of: Checkpoint(paths: [new.path]).files, from: try expected(old))
        #expect(difference.added == ["extra.json"])
        #expect(difference.missing == ["config.json"])
        #expect(
            difference.changed == [
                .init(
                    name: "sub/model.safetensors",
                    tensors: .init(added: ["new"], missing: ["gone"], changed: ["changed"]))
            ])
        let unknown = try ContentDifference(
            of: Checkpoint(paths: [new.path]).files, from: try expected(old, isHere: false))
        #expect(unknown.changed == [.init(name: "sub/model.safetensors", tensors: nil)])
    }

    @Test func whatCountsTheSameIsNoDifference() throws {
        let old = try sample()
        let new = try sample()
        try new.write(tensors.reversed(), to: "sub/model.safetensors", metadata: "{\"format\":\"pt\"}")
        #expect(try ContentDifference(of: Checkpoint(paths: [new.path]).files, from: try expected(old)).isEmpty)
        try new.write("{ }", to: "config.json")
        let difference = try ContentDifference(of: Checkpoint(paths: [new.path]).files, from: try expected(old))
        #expect(difference.changed == [.init(name: "config.json", tensors: nil)])
    }
}
