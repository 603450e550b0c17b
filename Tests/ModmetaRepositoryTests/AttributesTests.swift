import ModmetaGit
import ModmetaSnapshots
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct AttributesTests {
    private static let oddNames = [
        "plain", "with blank", "st*r", "que?tion", "[bracket]", "back\\slash", "\"quoted\"", "#hash", "!bang",
        "tab\there",
        "sub/deep/file", "sub/[x]/a b",
    ]

    /// What git says of an attribute of some paths.
    private func values(
        of attribute: String, for paths: [String], in repository: TestRepository
    ) async throws -> [String] {
        let output = try await repository.runner.run(
            ["check-attr", "-z", "--stdin", attribute], input: Array(paths.map { "\($0)\0" }.joined().utf8))
        let fields = output.text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        return paths.indices.map { fields[3 * $0 + 2] }
    }

    @Test func `a pattern means exactly its path, as git reads it`() async throws {
        try await TestRepository.withTemporary { repository in
            for name in Self.oddNames {
                try repository.write("\(AttributesFile.pattern(of: name)) marked\n", to: ".gitattributes")
                let values = try await values(of: "marked", for: Self.oddNames, in: repository)
                #expect(zip(Self.oddNames, values).filter { $0.1 == "set" }.map(\.0) == [name])
            }
        }
    }

    @Test func `a pattern below a directory means all in it and nothing beside it`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("\(AttributesFile.pattern(below: "a b")) marked\n", to: ".gitattributes")
            let values = try await values(of: "marked", for: ["a b/c", "a b/d/e", "a bc/d", "f"], in: repository)
            #expect(values == ["set", "set", "unspecified", "unspecified"])
        }
    }

    @Test func `paths on lines of git are read as they are meant`() async throws {
        try await TestRepository.withTemporary { repository in
            let names = Self.oddNames + ["new\nline", "\u{1}"]
            for name in names { try repository.write("of \(name)", to: name) }
            let hashes = try await repository.runner.run(
                ["hash-object", "--no-filters", "--stdin-paths"],
                input: Array(names.map { "\(GitLine.quoted($0))\n" }.joined().utf8)
            ).lines.map(String.init)
            for (name, hash) in zip(names, hashes) {
                #expect(try await repository.run("hash-object", "--no-filters", "--", name) == hash, "\(name)")
            }
        }
    }

    @Test func `what only this machine's configuration says is told from what is committed`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("*.bin filter=lfs -text\n", to: ".gitattributes")
            try repository.write("*.txt filter=lfs\n", to: ".git/info/attributes")
            let snapshots = try await repository.snapshots()
            let committed = try await CommittedAttributes.values(of: ["a.bin", "b.txt"], in: snapshots)
            #expect(committed.map(\.isLFS) == [true, false])
            #expect(committed.map(\.keepsBytes) == [true, false])
            let here = try await CommittedAttributes.valuesHere(of: ["a.bin", "b.txt"], in: snapshots)
            #expect(here.map(\.isLFS) == [true, true])
        }
    }

    @Test func `a filter that is not git-lfs is refused`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("*.dat filter=other\n", to: "run/.gitattributes")
            try repository.write("x\n", to: "run/a.dat")
            let error = await #expect(throws: RepositoryError.self) { try await repository.snapshot("v1", "run") }
            #expect(error?.message.contains("filter other") == true)
        }
    }

    @Test(
        arguments: [
            (FileContent.weights, 1023, false), (.weights, 1024, true), (.binary, 65_535, false),
            (.binary, 65_536, true),
            (.text, 10_000_000, false), (.text, 10_000_001, true),
        ] as [(FileContent, UInt64, Bool)])
    func `what is large for its kind belongs to git-lfs`(_ content: FileContent, _ size: UInt64, _ belongs: Bool) {
        #expect(SnapshotAttributes.belongsToLFS(content, size: size) == belongs)
    }
}
