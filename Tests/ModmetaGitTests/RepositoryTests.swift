import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaStore
import ModmetaTesting
import Testing

extension HermeticGit {
    /// The runner under test, in a directory relative to `root`.
    func runner(in directory: String, _ variables: [String: String?] = [:]) -> Git {
        Git(directory: path(directory), environment: environment).with(variables)
    }
}

@Suite struct RepositoryTests {
    private let object = ObjectID(SHA256.hash([1, 2, 3]))

    @Test func findsAnOrdinaryRepository() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try git.write("", to: "repo/sub/file")
            let repository = try await Repository.discover(with: git.runner(in: "repo/sub"))
            #expect(repository.gitDirectory == "\(path)/.git")
            #expect(repository.commonDirectory == "\(path)/.git")
            #expect(repository.workTree == path)
            #expect(repository.objectFormat == .sha1)
            #expect(repository.lfsDirectory == "\(path)/.git/lfs")
            #expect(repository.stateDirectory == "\(path)/.git/modmeta")
            let hex = object.hex
            let directories = "\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))"
            #expect(repository.objectPath(object) == "\(path)/.git/lfs/objects/\(directories)/\(hex)")
        }
    }

    @Test func findsBareAndSHA256Repositories() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository("bare.git", "--bare", "--object-format=sha256")
            let repository = try await Repository.discover(with: git.runner(in: "bare.git"))
            #expect(repository.gitDirectory == path)
            #expect(repository.workTree == nil)
            #expect(repository.objectFormat == .sha256)
            #expect(repository.lfsDirectory == "\(path)/lfs")
        }
    }

    @Test func sharesOneDirectoryAmongWorkTrees() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try await git.run("commit", "--quiet", "--allow-empty", "-m", "one", in: path)
            try await git.run("worktree", "add", "--quiet", git.path("linked"), in: path)
            let repository = try await Repository.discover(with: git.runner(in: "linked"))
            #expect(repository.gitDirectory == "\(path)/.git/worktrees/linked")
            #expect(repository.commonDirectory == "\(path)/.git")
            #expect(repository.workTree == git.path("linked"))
            #expect(repository.lfsDirectory == "\(path)/.git/lfs")
            #expect(repository.stateDirectory == "\(path)/.git/modmeta")
        }
    }

    @Test func findsASubmodule() async throws {
        try await HermeticGit.withTemporary { git in
            let inner = try await git.makeRepository("inner")
            try await git.run("commit", "--quiet", "--allow-empty", "-m", "one", in: inner)
            let outer = try await git.makeRepository("outer")
            try await git.run("submodule", "--quiet", "add", inner, "sub", in: outer)
            let repository = try await Repository.discover(with: git.runner(in: "outer/sub"))
            #expect(repository.commonDirectory == "\(outer)/.git/modules/sub")
            #expect(repository.workTree == "\(outer)/sub")
        }
    }

    /// As during a clone, when git runs the filters of the repository it is making.
    @Test func followsGitDir() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            let other = try await git.makeRepository("other")
            let runner = git.runner(in: "repo", ["GIT_DIR": "\(other)/.git"])
            let repository = try await Repository.discover(with: runner)
            #expect(repository.gitDirectory == "\(other)/.git")
            #expect(repository.workTree == path)
        }
    }

    struct Storage: Sendable {
        var value: String
        var expected: String
    }

    /// What `git lfs env` shows as LfsStorageDir for the same values.
    @Test(arguments: [
        Storage(value: "media", expected: "ROOT/repo/.git/media"), Storage(value: "/mnt/lfs", expected: "/mnt/lfs"),
        Storage(value: "../up", expected: "ROOT/repo/.git/../up"), Storage(value: "", expected: "ROOT/repo/.git/lfs"),
    ])
    func followsStorageSetting(_ storage: Storage) async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try await git.run("config", "lfs.storage", storage.value, in: path)
            let repository = try await Repository.discover(with: git.runner(in: "repo"))
            #expect(repository.lfsDirectory == storage.expected.replacing("ROOT", with: git.root))
        }
    }

    @Test func makesItsStateDirectoryPrivate() async throws {
        try await HermeticGit.withTemporary { git in
            _ = try await git.makeRepository()
            let repository = try await Repository.discover(with: git.runner(in: "repo"))
            _ = try repository.makeStateDirectory()
            let path = try repository.makeStateDirectory()
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o077 == 0)
        }
    }

    @Test func refusesAPlaceWithoutRepository() async throws {
        try await HermeticGit.withTemporary { git in
            let runner = git.runner(in: "", ["GIT_CEILING_DIRECTORIES": git.root])
            let error = await #expect(throws: LFSAgentError.self) { try await Repository.discover(with: runner) }
            #expect(error?.code == .notARepository)
            #expect(error?.message.contains("not a git repository") == true)
        }
    }
}
