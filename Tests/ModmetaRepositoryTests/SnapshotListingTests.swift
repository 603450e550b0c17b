import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaSnapshots
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct SnapshotListingTests {
    /// Two snapshots with tags, and one that was only written down.
    private func make(_ repository: TestRepository) async throws {
        for (name, text) in [("v1", "1\n"), ("v2", "2\n")] {
            try repository.write(text, to: "run/a")
            try await repository.snapshot(name, "run")
        }
        try repository.write("3\n", to: "run/a")
        try await repository.snapshot("v3", "run") { $0.isCommitted = false }
    }

    @Test func `tags and files without one are listed, from the index too`() async throws {
        try await TestRepository.withTemporary { repository in
            try await make(repository)
            let snapshots = try await repository.snapshots()
            let first = try await snapshots.snapshots()
            #expect(first.map(\.name) == ["v1", "v2", "v3"])
            let index = "\(snapshots.repository.stateDirectory)/snapshots.index"
            #expect(WorkFile.exists(index))
            #expect(try await snapshots.snapshots().map(\.id) == first.map(\.id))
            for damage in ["", "modmeta snapshots 1\n", "modmeta snapshots 1\n\n x\ny {\n", "other"] {
                try repository.git.write(damage, to: index)
                #expect(try await snapshots.snapshots().map(\.id) == first.map(\.id), "\(damage)")
            }
        }
    }

    @Test func `a document that cannot be read is skipped, with a notice`() async throws {
        try await TestRepository.withTemporary { repository in
            try await make(repository)
            try repository.write("snapshot: [", to: ".modmeta/snapshots/broken.yaml")
            try repository.write(
                String(decoding: repository.bytes(of: ".modmeta/snapshots/v3.yaml"), as: UTF8.self),
                to: ".modmeta/snapshots/other.yaml")
            let snapshots = try await repository.snapshots()
            #expect(try await snapshots.snapshots().map(\.name) == ["v1", "v2", "v3"])
            #expect(repository.notices.all.map(\.kind) == [.warning, .warning])
        }
    }

    @Test func `one is found by its name, its tag, its commit, and the beginning of its hash`() async throws {
        try await TestRepository.withTemporary { repository in
            try await make(repository)
            let snapshots = try await repository.snapshots()
            let second = try #require(try await snapshots.committed("v2"))
            let content = String(second.document.id.content.hex.prefix(12))
            for text in ["v2", "snapshot/v2", second.commit, content] {
                #expect(try await snapshots.find(text).name == "v2", "\(text)")
            }
            #expect(try await snapshots.find("v3").name == "v3")
            let missing = await #expect(throws: SnapshotError.self) { try await snapshots.find("v9") }
            #expect(missing?.code == .missing)
        }
    }

    @Test func `a commit that two snapshots name is ambiguous`() async throws {
        try await TestRepository.withTemporary { repository in
            try await make(repository)
            try await repository.run("tag", "snapshot/v1-again", "snapshot/v2^{commit}")
            let commit = try await repository.run("rev-parse", "snapshot/v2^{commit}")
            let snapshots = try await repository.snapshots()
            let error = await #expect(throws: SnapshotError.self) { try await snapshots.find(commit) }
            #expect(error?.code == .ambiguous)
        }
    }

    @Test func `objects come in the order they were asked for, and what is not there is none`() async throws {
        try await TestRepository.withTemporary { repository in
            try await make(repository)
            let snapshots = try await repository.snapshots()
            let found = try await snapshots.objects([
                "HEAD:run/a", "HEAD:run/none", "HEAD^{tree}", "snapshot/v1:run/a", String(repeating: "0", count: 40),
            ])
            #expect(found.map { $0.map { String($0.type) } } == ["blob", nil, "tree", "blob", nil])
            #expect(found[0]?.bytes == Array("2\n".utf8))
            #expect(found[3]?.bytes == Array("1\n".utf8))
        }
    }

    @Test func `only blobs that may be pointers are read as such`() async throws {
        try await TestRepository.withTemporary { repository in
            let texts = ["1\n", String(repeating: "x", count: LFSBlob.byteLimit), "2\n"]
            var names: [String] = []
            for (index, text) in texts.enumerated() {
                try repository.write(text, to: "\(index)")
                names.append(try await repository.run("hash-object", "-w", "\(index)"))
            }
            names.insert(String(repeating: "1", count: 40), at: 1)
            let found = try await repository.snapshots().smallBlobs(names)
            #expect(found == [Array("1\n".utf8), nil, nil, Array("2\n".utf8)])
        }
    }

    @Test func `files are the commit's, whatever lies in the work tree`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            try repository.write("1\n", to: "run/sub/a")
            let document = try await repository.snapshot("v1", "run")
            try repository.write("changed\n", to: "run/sub/a")
            let snapshots = try await repository.snapshots()
            let files = try await snapshots.files(of: document)
            #expect(files.map(\.name) == ["model.safetensors", "sub/a"])
            #expect(try await ContentDigest(of: files).content == document.id.content)
            let changed = try await snapshots.difference(
                of: Checkpoint(paths: ["\(repository.path)/run"]).files, from: document, isOwn: false)
            #expect(changed?.changed.map(\.name) == ["sub/a"])
            // Without the weights here the content is not known.
            let object = ObjectID(SHA256.hash(try repository.bytes(of: "run/model.safetensors")))
            unlink(snapshots.repository.objectPath(object))
            let error = await #expect(throws: RepositoryError.self) { try await snapshots.files(of: document) }
            #expect(error?.kind == .environment)
        }
    }

    @Test func `no repository, and one without a work tree, is refused`() async throws {
        try await TestRepository.withTemporary { repository in
            _ = try await repository.git.makeRepository("bare.git", "--bare")
            for name in ["bare.git", "home"] {
                let git = Git(directory: repository.git.path(name), environment: repository.git.environment)
                    .with(["GIT_CEILING_DIRECTORIES": repository.git.root])
                let error = await #expect(throws: RepositoryError.self) {
                    try await SnapshotRepository.discover(with: git)
                }
                #expect(error?.kind == .input)
            }
        }
    }
}
