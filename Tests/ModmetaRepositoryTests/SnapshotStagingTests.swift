import Glibc
import ModmetaGit
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct SnapshotStagingTests {
    @Test func `the copy takes the place of an index that nobody changed`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("1\n", to: "staged")
            try await repository.run("add", "staged")
            try repository.write("2\n", to: "own")
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            try await staging.add([":(literal)own"])
            #expect(try await repository.run("ls-files") == "staged")
            #expect(try staging.publish())
            #expect(try await repository.run("ls-files") == "own\nstaged")
            #expect(!repository.exists(".git/index.lock"))
        }
    }

    @Test func `an index that was changed meanwhile stays as it is`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("1\n", to: "own")
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            try await staging.add([":(literal)own"])
            try repository.write("2\n", to: "other")
            try await repository.run("add", "other")
            #expect(try staging.publish() == false)
            #expect(try await repository.run("ls-files") == "other")
            #expect(!repository.exists(".git/index.lock"))
        }
    }

    @Test func `somebody's lock of the index is left alone`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("1\n", to: "own")
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            try await staging.add([":(literal)own"])
            try repository.write("", to: ".git/index.lock")
            let error = #expect(throws: RepositoryError.self) { try staging.publish() }
            #expect(error?.kind == .environment)
            #expect(repository.exists(".git/index.lock"))
            #expect(!repository.exists(".git/index"))
        }
    }

    @Test func `an index that is a link stays one, as with git itself`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("1\n", to: "own")
            try await repository.run("add", "own")
            #expect(rename("\(repository.path)/.git/index", "\(repository.path)/elsewhere") == 0)
            #expect(symlink("../elsewhere", "\(repository.path)/.git/index") == 0)
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            try repository.write("2\n", to: "further")
            try await staging.add([":(literal)further"])
            #expect(try staging.publish())
            #expect(RepositoryPath.isLink("\(repository.path)/.git/index"))
            #expect(try await repository.run("ls-files") == "further\nown")
        }
    }

    @Test func `a tree has the entries in place of the paths, and all else of the commit`() async throws {
        try await TestRepository.withTemporary { repository in
            for name in ["keep", "run/old", "run/same"] { try repository.write("1\n", to: name) }
            try await repository.run("add", "-A")
            try await repository.run("commit", "--quiet", "-m", "first")
            let head = try await repository.run("rev-parse", "HEAD")
            try repository.git.remove("\(repository.path)/run/old")
            try repository.write("2\n", to: "run/new")
            try repository.write("3\n", to: "untracked")
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            try await staging.add([":(literal)run"])
            let tree = try await staging.tree(
                on: head, replacing: [":(literal)run"], by: try await staging.entries(of: [":(literal)run"]))
            #expect(try await repository.run("ls-tree", "-r", "--name-only", tree) == "keep\nrun/new\nrun/same")
        }
    }

    @Test func `paths get back what a commit has of them`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("1\n", to: "run/a")
            try await repository.run("add", "-A")
            try await repository.run("commit", "--quiet", "-m", "first")
            let staging = try await SnapshotStaging(repository.snapshots())
            defer { staging.remove() }
            #expect(try await staging.restore(["run"], of: "HEAD") == false)
            try repository.write("2\n", to: "run/b")
            try await staging.add([":(literal)run"])
            let commit = try await repository.run("rev-parse", "HEAD")
            #expect(try await staging.restore(["run"], of: commit))
            #expect(try await staging.entries(of: ["run"]).compactMap { IndexEntry(parsing: $0)?.path } == ["run/a"])
        }
    }
}
