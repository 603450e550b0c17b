import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaSnapshots
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct SnapshotMakerTests {
    @Test func `a snapshot is a commit with the files and the document, and a tag of it`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("rank: 8\n", to: "run/config.yaml")
            let document = try await repository.snapshot("v1", "run")
            #expect(try await repository.run("cat-file", "-t", "snapshot/v1") == "tag")
            #expect(
                try await repository.run("ls-tree", "-r", "--name-only", "snapshot/v1")
                    == ".gitattributes\n.modmeta/snapshots/v1.yaml\nrun/config.yaml")
            #expect(
                try await repository.run("rev-parse", "snapshot/v1^{commit}") == repository.run("rev-parse", "HEAD"))
            #expect(try await repository.run("status", "--porcelain").isEmpty)
            #expect(try await repository.snapshots().find("v1") == document)
        }
    }

    @Test func `what is staged besides it stays staged, and in no commit`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("first\n", to: "note.txt")
            try await repository.run("add", "note.txt")
            try repository.write("x\n", to: "run/a")
            try await repository.snapshot("v1", "run")
            #expect(try await repository.run("status", "--porcelain") == "A  note.txt")
            let names = try await repository.run("ls-tree", "-r", "--name-only", "HEAD")
            #expect(!names.contains("note.txt"))
        }
    }

    @Test func `weights go through git-lfs, and the line for that is added`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            try await repository.snapshot("v1", "run")
            let blob = try await repository.run("cat-file", "blob", "snapshot/v1:run/model.safetensors")
            let pointer = try LFSPointer(parsing: Array("\(blob)\n".utf8))
            let weights = try repository.bytes(of: "run/model.safetensors")
            #expect(pointer.object.digest == SHA256.hash(weights))
            let path = try await repository.snapshots().repository.objectPath(pointer.object)
            #expect(access(path, F_OK) == 0)
            let attributes = String(decoding: try repository.bytes(of: ".gitattributes"), as: UTF8.self)
            #expect(attributes.contains("*.safetensors "))
        }
    }

    @Test func `the same snapshot again changes nothing`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            let first = try await repository.snapshot("v1", "run")
            let refs = try await repository.refs()
            #expect(try await repository.snapshot("v1", "run") == first)
            #expect(try await repository.refs() == refs)
        }
    }

    @Test func `a name is given once`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            try await repository.snapshot("v1", "run")
            let (refs, attributes) = (try await repository.refs(), try repository.bytes(of: ".gitattributes"))
            try repository.writeWeights("run/b.safetensors")
            let error = await #expect(throws: RepositoryError.self) { try await repository.snapshot("v1", "run") }
            #expect(error?.kind == .input)
            #expect(try await repository.refs() == refs)
            #expect(try repository.bytes(of: ".gitattributes") == attributes)
        }
    }

    @Test func `a name that the time makes gets a number if it is taken`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            try await repository.snapshot("v1", "run")
            try await repository.snapshot("v1-2", "run") { $0.isCommitted = false }
            let snapshots = try await repository.snapshots()
            #expect(try await snapshots.freeName("v1") == "v1-3")
            #expect(try await snapshots.freeName("v2") == "v2")
        }
    }

    @Test func `what changed since it was hashed becomes no snapshot, and attributes are as before`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            let maker = try await SnapshotMaker(repository.options("v1", ["run"]), in: repository.snapshots())
            let prepared = try await maker.prepare()
            #expect(repository.exists(".gitattributes"))
            let hashed = try await prepared.hash()
            try repository.writeWeights("run/model.safetensors", filledWith: "b")
            await #expect(throws: (any Error).self) { try await hashed.record() }
            #expect(try await repository.refs().isEmpty)
            #expect(!repository.exists(".gitattributes"))
            #expect(!repository.exists(".modmeta/snapshots/v1.yaml"))
        }
    }

    @Test func `attributes that were there get back what they held`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("*.txt text\n", to: ".gitattributes")
            try repository.writeWeights("run/model.safetensors")
            let maker = try await SnapshotMaker(repository.options("v1", ["run"]), in: repository.snapshots())
            let hashed = try await maker.prepare().hash()
            #expect(try repository.bytes(of: ".gitattributes").count > 11)
            try repository.writeWeights("run/model.safetensors", filledWith: "b")
            await #expect(throws: (any Error).self) { try await hashed.record() }
            #expect(try repository.bytes(of: ".gitattributes") == Array("*.txt text\n".utf8))
        }
    }

    @Test func `one that was only written down can be committed later`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            let written = try await repository.snapshot("v1", "run") { $0.isCommitted = false }
            #expect(try repository.bytes(of: ".modmeta/snapshots/v1.yaml") == Array(written.yaml.utf8))
            #expect(try await repository.refs().isEmpty)
            let committed = try await repository.snapshot("v1", "run")
            #expect(committed.id == written.id)
            #expect(try await repository.run("cat-file", "-t", "snapshot/v1") == "tag")
        }
    }

    @Test func `a tag without its branch is finished`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            try await repository.snapshot("v1", "run")
            let commit = try await repository.run("rev-parse", "HEAD")
            try await repository.run("update-ref", "-d", "HEAD")
            try await repository.snapshot("v1", "run")
            #expect(try await repository.run("rev-parse", "HEAD") == commit)
        }
    }

    @Test func `configurations that the schema refuses stop it, before anything is hashed`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("base_model: a\nlerning_rate: 0.1\n", to: "train.yaml")
            try repository.write("x\n", to: "run/a")
            let configs = ["\(repository.path)/train.yaml"]
            let error = await #expect(throws: RepositoryError.self) {
                try await repository.snapshot("v1", "run") { $0.configs = configs }
            }
            #expect(error?.kind == .input)
            #expect(repository.notices.all.map(\.kind) == [.diagnostic])
            #expect(repository.notices.all.first?.message.contains("train.yaml:2: lerning_rate") == true)
            try await repository.snapshot("v1", "run") { options in
                (options.configs, options.isChecked) = (configs, false)
            }
        }
    }

    @Test func `a link, a repository in it, or a place elsewhere is refused`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "link/a")
            #expect(symlink("a", "\(repository.path)/link/b") == 0)
            try repository.write("x\n", to: "nested/a")
            _ = try await repository.git.makeRepository("repo/nested/inner")
            try repository.write("x\n", to: "nested/inner/deep/b")
            for path in ["link", "nested", "nested/inner/deep", "../home"] {
                let error = await #expect(throws: RepositoryError.self) { try await repository.snapshot("v1", path) }
                #expect(error?.kind == .input, "\(path)")
            }
            #expect(try await repository.refs().isEmpty)
        }
    }

    @Test func `nothing is begun under somebody's lock of the index`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            try repository.write("", to: ".git/index.lock")
            let error = await #expect(throws: RepositoryError.self) { try await repository.snapshot("v1", "run") }
            #expect(error?.kind == .environment)
            #expect(repository.exists(".git/index.lock"))
        }
    }

    @Test func `weights that are excluded by hand stay in Git, with a note`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("*.npy -filter -text\n", to: ".gitattributes")
            try repository.write(String(repeating: "\u{0}", count: 100_000), to: "run/a.npy")
            try await repository.snapshot("v1", "run")
            #expect(repository.notices.all.map(\.kind) == [.note])
            #expect(try await repository.run("cat-file", "-s", "snapshot/v1:run/a.npy") == "100000")
        }
    }
}
