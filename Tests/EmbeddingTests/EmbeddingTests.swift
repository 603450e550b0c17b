import Glibc
import ModmetaGit
import ModmetaRepository
import ModmetaSnapshots
import ModmetaSystem
import ModmetaTesting
import Testing

// The lines between the marks are those of docs/guides/embedding.md.

// example
/// Names the checkpoint in `run` of a work tree, and returns the names of all snapshots there.
func snapshotRun(of workTree: String, as name: String, loss: Double, with git: Git) async throws -> [String] {
    let repository = try await SnapshotRepository.discover(with: git) { notice in
        print(notice.message)
    }
    var options = SnapshotOptions(name: name, paths: ["\(workTree)/run"])
    options.metrics = [("loss", loss)]
    try await SnapshotMaker(options, in: repository).make { done, total in
        print("hashed \(done) of \(total) bytes")
    }
    return try await repository.snapshots().map(\.name)
}
// end of example

@Suite struct EmbeddingTests {
    @Test func `the example of the guide makes a snapshot`() async throws {
        try await HermeticGit.withTemporary { hermetic in
            let path = try await hermetic.makeRepository()
            try hermetic.write("rank: 8\n", to: "repo/run/config.yaml")
            let git = Git(directory: path, environment: hermetic.environment)
            #expect(try await snapshotRun(of: path, as: "v1", loss: 0.4, with: git) == ["v1"])
            #expect(try await snapshotRun(of: path, as: "v2", loss: 0.3, with: git) == ["v1", "v2"])
            let found = try await SnapshotRepository.discover(with: git).find("v2")
            #expect(found.metric("loss") == 0.3)
        }
    }

    @Test func `the guide shows the example as it is here`() throws {
        let directory = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let guide = try text(of: "/\(directory)/docs/guides/embedding.md")
        let lines = try text(of: #filePath).split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex(of: "// example"))
        let end = try #require(lines.firstIndex(of: "// end of example"))
        let example = lines[(begin + 1)..<end].joined(separator: "\n")
        #expect(guide.contains("```swift\n\(example)\n```\n"))
    }

    private func text(of path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test func `an error says whose fault it is`() async throws {
        try await HermeticGit.withTemporary { hermetic in
            let git = Git(directory: hermetic.root, environment: hermetic.environment)
            let error = await #expect(throws: RepositoryError.self) {
                try await SnapshotRepository.discover(with: git.with(["GIT_CEILING_DIRECTORIES": hermetic.root]))
            }
            #expect(error?.kind == .input)
        }
    }
}
