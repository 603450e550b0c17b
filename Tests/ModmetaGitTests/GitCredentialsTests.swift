import ModmetaNetwork
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaGit

/// Credentials that git's helpers know, with real git.
@Suite struct GitCredentialsTests {
    private static func withHelper(
        _ script: String, _ body: (HermeticGit, GitCredentials) async throws -> Void
    ) async throws {
        try await HermeticGit.withTemporary { git in
            try git.write("#!/bin/sh\n\(script)\n", to: "helper")
            try makeExecutable(git.path("helper"))
            try await git.run("config", "--global", "credential.helper", git.path("helper"))
            let own = Git(directory: git.root, environment: git.environment)
            try await body(git, GitCredentials(git: own, stateDirectory: git.root))
        }
    }

    private static func said(_ git: HermeticGit) -> String {
        String(decoding: RegularFile.firstBytes(of: git.path("said"), limit: 10_000) ?? [], as: UTF8.self)
    }

    @Test func helperIsAskedAndTold() async throws {
        let script = #"echo "= $1" >>said; cat >>said; [ "$1" != get ] || printf 'username=me\npassword=p=w\n'"#
        try await Self.withHelper(script) { git, source in
            let server = try LFSServerURL("https://git.example.com:8443/org/x.git")
            let credential = try #require(try await source.fill(for: server, challenges: ["Basic realm=\"x\""]))
            #expect(credential.authorization == Credential(username: "me", password: "p=w").authorization)
            #expect(Self.said(git).contains("host=git.example.com:8443\n"))
            await source.approve(credential, for: server)
            await source.reject(credential, for: server)
            #expect(Self.said(git).contains("= store\n") && Self.said(git).contains("= erase\n"))
            #expect(Self.said(git).hasSuffix("password=p=w\n"))
        }
    }

    @Test func userOfTheURLIsNamed() async throws {
        try await Self.withHelper(#"cat >>said; printf 'password=x\n'"#) { git, source in
            let server = try LFSServerURL("https://you@git.example.com/org/x.git")
            let credential = try #require(try await source.fill(for: server, challenges: []))
            #expect(credential.username == "you" && Self.said(git).contains("username=you\n"))
        }
    }

    @Test func nobodyToAskIsNoCredential() async throws {
        try await Self.withHelper("exit 0") { _, source in
            let server = try LFSServerURL("https://git.example.com/org/x.git")
            #expect(try await source.fill(for: server, challenges: []) == nil)
        }
    }

    @Test(arguments: [
        ("https://me:pw@h/x", true), ("https://me@h/x", false), ("git@h:x", false), ("/a:b@c", false),
        ("https://h/a:b@c", false),
    ])
    func passwordsInURLsAreNoticed(_ url: String, _ holds: Bool) { #expect(RefRemote.holdsPassword(url) == holds) }
}
