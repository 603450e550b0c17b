import Glibc
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaGit

@Suite struct RemoteHelperStoreTests {
    @Test func `refs change as expected or not at all`() async throws {
        try await HermeticGit.withTemporary { git in
            let (store, tips) = try await makeStore(git)
            #expect(try await store.apply([RefChange(name: "refs/heads/x", old: nil, new: tips[0])]) == nil)
            let stale = RefChange(name: "refs/heads/x", old: tips[1], new: tips[1])
            let fine = RefChange(name: "refs/heads/y", old: nil, new: tips[1])
            let reason = try #require(try await store.apply([fine, stale]))
            #expect(reason.contains("but expected"))
            #expect(try await store.refs()["refs/heads/y"] == nil)
            #expect(try await store.apply([RefChange(name: "refs/heads/x", old: tips[0], new: nil)]) == nil)
            #expect(try await store.refs()["refs/heads/x"] == nil)
        }
    }

    @Test func `packed-refs is rewritten in the store, through the view`() async throws {
        try await HermeticGit.withTemporary { git in
            let (store, tips) = try await makeStore(git)
            try await git.run("pack-refs", "--all", in: "store")
            #expect(try await store.apply([RefChange(name: "refs/heads/main", old: tips[1], new: nil)]) == nil)
            #expect(try await git.run("for-each-ref", in: "store") == "")
            var status = stat()
            #expect(lstat("\(store.view.path)/packed-refs", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
            #expect(lstat("\(store.path)/packed-refs", &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
        }
    }

    @Test func `what is missing behind a tip is found`() async throws {
        try await HermeticGit.withTemporary { git in
            let (store, tips) = try await makeStore(git)
            #expect(try await store.gap(behind: [tips[0]]) == nil)
            let absent = try #require(GitObjectName(String(repeating: "e", count: 40)))
            #expect(try await store.gap(behind: [absent]) != nil)
            #expect(try await store.leadsTo([tips[0]]))
            #expect(try await !store.leadsTo([absent]))
        }
    }

    @Test func `HEAD is pointed at a branch only where it names none that exists`() async throws {
        try await HermeticGit.withTemporary { git in
            let (store, tips) = try await makeStore(git)
            try await store.pointHead(at: "refs/heads/other")
            #expect(try await store.refs().head == .branch("refs/heads/main"))
            #expect(try await store.apply([RefChange(name: "refs/heads/main", old: tips[1], new: nil)]) == nil)
            try await store.pointHead(at: "refs/heads/other")
            #expect(try await git.run("symbolic-ref", "HEAD", in: "store") == "refs/heads/other")
            #expect(access("\(store.path)/HEAD.lock", F_OK) != 0)
        }
    }

    @Test(arguments: [
        "HEAD", "config", "packed-refs", "shallow", "info/refs", "refs/heads/x", "refs/tags/a/b",
        "objects/info/alternates",
        "objects/pack/pack-1.idx", "objects/ab/cdef", "objects/info/commit-graphs/chain",
    ])
    func `a pipe in a file's place is named and not opened`(_ name: String) async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeStore(git).store.path
            try git.write("", to: "\(path)/\(name)")
            unlink("\(path)/\(name)")
            #expect(mkfifo("\(path)/\(name)", 0o600) == 0)
            let error = await #expect(throws: RemoteHelperError.self) { try await StoreRepository(at: path) }
            #expect(error.map { "\($0)".contains(name) } == true)
        }
    }

    @Test func `pipes behind links and alternates are found, and loops end`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeStore(git).store.path
            try git.write("", to: "elsewhere/pack/x")
            #expect(symlink("..", "\(path)/refs/heads/up") == 0)
            try git.write("# none\n../../elsewhere\n", to: "\(path)/objects/info/alternates")
            _ = try await StoreRepository(at: path)
            #expect(mkfifo(git.path("elsewhere/pack/pack-1.pack"), 0o600) == 0)
            await #expect(throws: RemoteHelperError.self) { try await StoreRepository(at: path) }
            try git.remove("elsewhere/pack/pack-1.pack")
            #expect(symlink("/dev/zero", "\(path)/refs/heads/z") == 0)
            await #expect(throws: RemoteHelperError.self) { try await StoreRepository(at: path) }
        }
    }

    @Test func `the view goes with its store`() async throws {
        let path = try await HermeticGit.withTemporary { git in try await makeStore(git).store.view.scratch.path }
        #expect(access(path, F_OK) != 0)
    }

    struct ConfigCase: Sendable {
        var entries: [String]
        var format: GitObjectFormat?
        var shared: String?
    }

    @Test(arguments: [
        ConfigCase(entries: [], format: .sha1),
        ConfigCase(entries: ["core.repositoryformatversion\n0"], format: .sha1),
        ConfigCase(entries: ["core.repositoryformatversion\n1", "extensions.objectformat\nsha256"], format: .sha256),
        ConfigCase(entries: ["core.sharedrepository\ngroup"], format: .sha1, shared: "group"),
        ConfigCase(entries: ["core.sharedrepository\n0660"], format: .sha1, shared: "0660"),
        ConfigCase(entries: ["core.sharedrepository"], format: .sha1, shared: "true"),
        ConfigCase(entries: ["core.sharedrepository\ngroup\n[core]\nhooksPath=/x"], format: .sha1),
        ConfigCase(entries: ["extensions.preciousobjects\ntrue"], format: .sha1),
        ConfigCase(entries: ["core.repositoryformatversion\n2"]),
        ConfigCase(entries: ["extensions.refstorage\nreftable"]),
        ConfigCase(entries: ["extensions.objectformat\nmd5"]),
    ])
    func `of a store's config only plain values count`(_ test: ConfigCase) throws {
        let output = Array(test.entries.map { $0 + "\0" }.joined().utf8)
        guard let format = test.format else {
            #expect(throws: RemoteHelperError.self) { try StoreConfig(parsing: output, store: "/s") }
            return
        }
        let config = try StoreConfig(parsing: output, store: "/s")
        #expect(config.objectFormat == format)
        #expect(config.shared == test.shared)
    }

    /// A bare store with two commits on main, oldest first.
    private func makeStore(_ git: HermeticGit) async throws -> (store: StoreRepository, tips: [GitObjectName]) {
        let local = try await git.makeRepository("local")
        try await git.run("commit", "--quiet", "--allow-empty", "-m", "one", in: local)
        try await git.run("commit", "--quiet", "--allow-empty", "-m", "two", in: local)
        try await git.run("clone", "--quiet", "--bare", local, git.path("store"))
        let tips = try await git.run("rev-list", "--reverse", "HEAD", in: local).split(separator: "\n")
        return (try await StoreRepository(at: git.path("store")), tips.compactMap { GitObjectName($0) })
    }
}
