import Glibc
import ModmetaStore
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
