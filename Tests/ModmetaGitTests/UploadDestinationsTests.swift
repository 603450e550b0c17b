import ModmetaGit
import ModmetaTesting
import Testing

@Suite struct UploadDestinationsTests {
    struct Case: Sendable {
        var config: [(String, String)]
        var remote = "origin"
        var urls: [String]
        var foreign: [String] = []
        var isConfigured = false
    }

    @Test(arguments: [
        Case(config: [("remote.origin.url", "modmeta::/a")], urls: ["modmeta::/a"]),
        Case(
            config: [
                ("remote.origin.url", "modmeta::/a"), ("remote.origin.pushurl", "modmeta::/b"),
                ("remote.origin.pushurl", "modmeta::/c"), ("remote.origin.pushurl", "modmeta::/b"),
            ], urls: ["modmeta::/b", "modmeta::/c"]),
        Case(
            config: [("remote.origin.url", "modmeta::/a"), ("remote.origin.url", "modmeta::/b")],
            urls: ["modmeta::/a", "modmeta::/b"]),
        // git pushes to rewritten URLs only, if there are any.
        Case(
            config: [
                ("remote.origin.url", "x:a"), ("remote.origin.url", "modmeta::/b"),
                ("url.modmeta::/m/.pushInsteadOf", "x:"),
            ], urls: ["modmeta::/m/a"]),
        Case(
            config: [("remote.origin.pushurl", "https://h/x"), ("remote.origin.pushurl", "modmeta::/b")],
            urls: ["modmeta::/b"], foreign: ["https://h/x"]),
        Case(config: [("remote.origin.url", "modmeta::/a")], remote: "modmeta::/b", urls: ["modmeta::/b"]),
        Case(
            config: [("remote.origin.url", "modmeta::/a"), ("lfs.pushurl", "modmeta::/w")],
            urls: ["modmeta::/w", "modmeta::/a"]),
        Case(
            config: [("remote.origin.url", "https://h/x"), ("remote.origin.lfspushurl", "modmeta::/w")],
            urls: ["modmeta::/w"]),
        Case(
            config: [
                ("remote.origin.url", "modmeta::/a"), ("remote.origin.url", "modmeta::/b"), ("lfs.url", "modmeta::/w"),
            ], urls: ["modmeta::/w"], isConfigured: true),
    ])
    func finds(_ test: Case) async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            for (key, value) in test.config { try await git.run("config", "--add", key, value, in: path) }
            let repository = try await Repository.discover(with: git.runner(in: "repo"))
            let found = try await UploadDestinations.find(remote: test.remote, in: repository)
            #expect(found.endpoints.map(\.url) == test.urls)
            #expect(found.foreign == test.foreign)
            #expect(found.isConfigured == test.isConfigured)
            let isRefused = (try? found.check(remote: test.remote)) == nil
            #expect(isRefused == !test.foreign.isEmpty)
        }
    }

    @Test func looksAheadOnly() async throws {
        let endpoints = ["modmeta::/a", "modmeta::/b", "modmeta::/c"].map {
            LFSEndpoint(url: $0, key: "remote.origin.pushurl", isCommitted: false)
        }
        let found = UploadDestinations(endpoints: endpoints, foreign: [], isConfigured: false)
        #expect(found.view(from: "modmeta::/b", remote: "origin").siblings == [endpoints[2]])
        #expect(found.view(from: "modmeta::/b", remote: "origin").endpoint.url == "modmeta::/b")
        #expect(found.view(from: "modmeta::/elsewhere", remote: "origin").siblings.isEmpty)
        #expect(found.view(from: "modmeta::/elsewhere", remote: "origin").sendsWeights)
        let single = UploadDestinations(endpoints: [endpoints[0]], foreign: [], isConfigured: false)
        #expect(!single.view(from: "modmeta::/a", remote: "origin").sendsWeights)
        #expect(single.view(from: "modmeta::/a", remote: "modmeta::/a").sendsWeights)
    }
}
