import ModmetaGit
import ModmetaTesting
import Testing

@Suite struct LFSEndpointTests {
    struct Case: Sendable {
        var config: [String: String] = [:]
        var committed: [String: String] = [:]
        var operation = TransferOperation.upload
        var remote = "origin"
        var url: String
        var key: String
        var isCommitted = false
    }

    @Test(arguments: [
        Case(config: ["remote.origin.url": "modmeta::/a"], url: "modmeta::/a", key: "remote.origin.url"),
        Case(
            config: ["remote.origin.url": "modmeta::/a", "remote.origin.pushurl": "modmeta::/p"],
            url: "modmeta::/p", key: "remote.origin.pushurl"),
        Case(
            config: ["remote.origin.url": "modmeta::/a", "remote.origin.pushurl": "modmeta::/p"],
            operation: .download, url: "modmeta::/a", key: "remote.origin.url"),
        Case(
            config: ["remote.origin.url": "modmeta::/a", "remote.origin.lfsurl": "modmeta::/l"],
            url: "modmeta::/l", key: "remote.origin.lfsurl"),
        Case(
            config: ["remote.origin.lfspushurl": "modmeta::/lp", "remote.origin.lfsurl": "modmeta::/l"],
            url: "modmeta::/lp", key: "remote.origin.lfspushurl"),
        Case(
            config: ["remote.origin.lfspushurl": "modmeta::/lp", "remote.origin.lfsurl": "modmeta::/l"],
            operation: .download, url: "modmeta::/l", key: "remote.origin.lfsurl"),
        Case(
            config: ["lfs.url": "modmeta::/u", "remote.origin.lfspushurl": "modmeta::/lp"],
            url: "modmeta::/u", key: "lfs.url"),
        Case(
            config: ["lfs.url": "modmeta::/u", "lfs.pushurl": "modmeta::/pu"], url: "modmeta::/pu", key: "lfs.pushurl"),
        Case(
            config: ["lfs.url": "modmeta::/u", "lfs.pushurl": "modmeta::/pu"], operation: .download,
            url: "modmeta::/u", key: "lfs.url"),
        Case(
            config: ["remote.origin.url": "modmeta::/a"], remote: "modmeta::file:///b", url: "modmeta::file:///b",
            key: "remote"),
        Case(config: ["lfs.url": "modmeta::/u"], remote: "modmeta::file:///b", url: "modmeta::/u", key: "lfs.url"),
        Case(
            config: ["remote.My.Team.url": "modmeta::/t"], remote: "My.Team", url: "modmeta::/t",
            key: "remote.My.Team.url"),
        Case(
            config: ["remote.origin.url": "models:a", "url.modmeta::/mnt/.insteadOf": "models:"],
            url: "modmeta::/mnt/a", key: "remote.origin.url"),
        Case(
            config: ["lfs.url": "models:a", "url.modmeta::/mnt/.insteadOf": "models:"],
            url: "modmeta::/mnt/a", key: "lfs.url"),
        Case(
            config: ["remote.origin.url": "https://git.example/a"], committed: ["lfs.url": "modmeta::s3://bucket/p"],
            url: "modmeta::s3://bucket/p", key: "lfs.url", isCommitted: true),
        // Each key on its own: a committed lfs.url goes before a configured remote.origin.lfsurl, as with git-lfs.
        Case(
            config: ["remote.origin.lfsurl": "modmeta::/l"], committed: ["lfs.url": "modmeta::https://h/p"],
            url: "modmeta::https://h/p", key: "lfs.url", isCommitted: true),
        Case(
            config: ["lfs.url": "modmeta::/mine"], committed: ["lfs.url": "modmeta::s3://theirs"],
            url: "modmeta::/mine", key: "lfs.url"),
        Case(
            committed: [
                "remote.origin.lfsurl": "modmeta::s3://b", "remote.origin.lfspushurl": "modmeta::s3://ignored",
            ],
            url: "modmeta::s3://b", key: "remote.origin.lfsurl", isCommitted: true),
        Case(
            config: ["modmeta.allowCommitted": "yes"], committed: ["lfs.url": "modmeta::file:///mnt/x"],
            url: "modmeta::file:///mnt/x", key: "lfs.url", isCommitted: true),
    ])
    func resolves(_ test: Case) async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await repository(git, test.config, test.committed)
            let endpoint = try await LFSEndpoint.resolve(test.operation, remote: test.remote, in: repository)
            #expect(endpoint == LFSEndpoint(url: test.url, key: test.key, isCommitted: test.isCommitted))
        }
    }

    struct Hostile: Sendable {
        var url: String
        var reason: String
    }

    @Test(arguments: [
        Hostile(url: "modmeta::file:///etc", reason: "names a path"),
        Hostile(url: "modmeta::/etc", reason: "names a path"),
        Hostile(url: "modmeta::FILE:///etc", reason: "names a path"), Hostile(url: "../up", reason: "names a path"),
        Hostile(url: "modmeta::modmeta::file:///etc", reason: "names a path"),
        Hostile(url: "modmeta::ssh://host/x", reason: "names a path"),
        Hostile(url: "modmeta::s3://bucket/x?profile=root", reason: "chooses an endpoint"),
        Hostile(url: "modmeta::https://me:secret@host/x", reason: "carries credentials"),
    ])
    func refusesWhatACommitMayNotChoose(_ hostile: Hostile) async throws {
        try await HermeticGit.withTemporary { git in
            // Permission that the committed file gives itself is none.
            let committed = ["lfs.url": hostile.url, "modmeta.allowCommitted": "true"]
            let repository = try await repository(git, [:], committed)
            let error = await #expect(throws: LFSAgentError.self) {
                try await LFSEndpoint.resolve(.download, remote: "origin", in: repository)
            }
            #expect(error?.code == .untrustedEndpoint)
            #expect(error?.message.contains(hostile.reason) == true)
            #expect(error?.message.contains("sets lfs.url to \(hostile.url)") == true)
            #expect(error?.message.contains("git config modmeta.allowCommitted true") == true)
        }
    }

    @Test func readsTheCommittedFileFromIndexAndCommit() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try git.write("[lfs]\n\turl = modmeta::s3://one\n", to: "repo/.lfsconfig")
            try await git.run("add", ".lfsconfig", in: path)
            try await git.run("commit", "--quiet", "-m", "one", in: path)
            try await git.run("clone", "--quiet", "--bare", path, git.path("bare.git"))
            try await git.run("clone", "--quiet", "--no-checkout", path, git.path("unchecked"))
            try git.write("[lfs]\n\turl = modmeta::s3://two\n", to: "repo/.lfsconfig")
            try await git.run("add", ".lfsconfig", in: path)
            let places = [("bare.git", "one"), ("unchecked", "one"), ("repo", "two")]
            for (place, bucket) in places {
                let repository = try await Repository.discover(with: git.runner(in: place))
                let endpoint = try await LFSEndpoint.resolve(.download, remote: "origin", in: repository)
                #expect(endpoint.url == "modmeta::s3://\(bucket)")
            }
            // Sparse: in the index, not in the work tree.
            try git.write("[lfs]\n\turl = modmeta::s3://three\n", to: "moved")
            let blob = try await git.run("hash-object", "-w", git.path("moved"), in: path)
            try await git.run("update-index", "--cacheinfo", "100644,\(blob),.lfsconfig", in: path)
            try await git.run("update-index", "--skip-worktree", ".lfsconfig", in: path)
            try git.remove("repo/.lfsconfig")
            let repository = try await Repository.discover(with: git.runner(in: "repo"))
            let endpoint = try await LFSEndpoint.resolve(.download, remote: "origin", in: repository)
            #expect(endpoint.url == "modmeta::s3://three")
        }
    }

    @Test func refusesAMalformedCommittedFile() async throws {
        try await HermeticGit.withTemporary { git in
            _ = try await git.makeRepository()
            try git.write("[lfs\nurl", to: "repo/.lfsconfig")
            let repository = try await Repository.discover(with: git.runner(in: "repo"))
            let error = await #expect(throws: LFSAgentError.self) {
                try await LFSEndpoint.resolve(.download, remote: "origin", in: repository)
            }
            #expect(error?.code == .malformedConfiguration)
        }
    }

    @Test func refusesARemoteWithoutURL() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await repository(git, [:], [:])
            let error = await #expect(throws: LFSAgentError.self) {
                try await LFSEndpoint.resolve(.upload, remote: "nowhere", in: repository)
            }
            #expect(error?.code == .noEndpoint)
            #expect(error?.message.contains("\"nowhere\"") == true)
        }
    }

    private func repository(
        _ git: HermeticGit, _ config: [String: String], _ committed: [String: String]
    ) async throws -> Repository {
        let path = try await git.makeRepository()
        for (key, value) in config { try await git.run("config", key, value, in: path) }
        for (key, value) in committed {
            try await git.run("config", "--file", "\(path)/.lfsconfig", key, value, in: path)
        }
        return try await Repository.discover(with: git.runner(in: "repo"))
    }
}
