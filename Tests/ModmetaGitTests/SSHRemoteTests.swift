import ModmetaLFS
import ModmetaNetwork
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaGit

/// Which remotes are the ssh side of an LFS server, and what is run there.
@Suite struct SSHRemoteTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var url: String
        var isSide: Bool
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(url: "git@git.example.com:org/x.git", isSide: true), Case(url: "git.example.com:org/x", isSide: true),
        Case(url: "ssh://git@Git.Example.com:2222/org/x.git", isSide: true),
        Case(url: "ssh://git.example.com/org/x/", isSide: true),
        Case(url: "git+ssh://git.example.com/org/x", isSide: true),
        Case(url: "git@git.example.com:org/y.git", isSide: false),
        Case(url: "git@other.example.com:org/x.git", isSide: false),
        Case(url: "https://git.example.com/org/x.git", isSide: false),
        Case(url: "/git.example.com:org/x.git", isSide: false),
        Case(url: "-oProxyCommand=x@git.example.com:org/x.git", isSide: false),
        Case(url: "ssh://-oProxyCommand=x/org/x.git", isSide: false),
        Case(url: "git@-git.example.com:org/x.git", isSide: false),
        Case(url: "modmeta::https://git.example.com/org/x", isSide: false),
    ])
    func side(_ given: Case) throws {
        let server = try LFSServerURL("https://git.example.com/org/x.git")
        #expect((SSHRemote(given.url)?.isRepository(of: server) ?? false) == given.isSide)
    }

    struct Command: Sendable, CustomTestStringConvertible {
        var url = "ssh://git@h:2222/org/x y.git"
        var environment: [String: String] = [:]
        var setting: String?
        var words: [String]
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(arguments: [
        Command(words: ["ssh", "-p", "2222", "git@h", "C"]),
        Command(environment: ["GIT_SSH": "/bin/plink"], words: ["/bin/plink", "-P", "2222", "git@h", "C"]),
        Command(
            environment: ["GIT_SSH": "x", "GIT_SSH_COMMAND": "ssh -i key"], setting: "y",
            words: ["sh", "-c", "ssh -i key \"$@\"", "ssh -i key", "-p", "2222", "git@h", "C"]),
        Command(setting: "ssh -v", words: ["sh", "-c", "ssh -v \"$@\"", "ssh -v", "-p", "2222", "git@h", "C"]),
        Command(environment: ["GIT_SSH_VARIANT": "simple"], words: ["ssh", "git@h", "C"]),
    ])
    func invocation(_ given: Command) throws {
        let remote = try #require(SSHRemote("ssh://git@h:2222/org/x.git"))
        let ssh = SSHAuthentication(remote: remote, sshCommand: given.setting, variant: nil)
        let (executable, arguments) = ssh.invocation("C") { given.environment[$0] }
        #expect([executable] + arguments == given.words)
    }

    @Test func grantOfAHost() async throws {
        let directory = try TemporaryDirectory()
        let script = directory.path("ssh")
        let answer = #"{"href":"https://lfs.example.com/x","header":{"Authorization":"RemoteAuth t"},"expires_in":60}"#
        let text = "#!/bin/sh\nprintf '%s\\n' \"$@\" >'\(directory.path("said"))'\necho '\(answer)'\n"
        try SystemCall.writeFile(script, Array(text.utf8))
        try makeExecutable(script)
        let remote = try #require(SSHRemote("git@git.example.com:org/x.git"))
        let grant = try await SSHAuthentication(remote: remote, sshCommand: script, variant: nil).grant(for: .upload)
        #expect(grant.endpoint == "https://lfs.example.com/x" && grant.expiry != nil)
        #expect(grant.fields == [HTTPField("Authorization", "RemoteAuth t")])
        let said = RegularFile.firstBytes(of: directory.path("said"), limit: 1000) ?? []
        #expect(String(decoding: said, as: UTF8.self) == "git@git.example.com\ngit-lfs-authenticate org/x.git upload\n")
    }

    @Test(arguments: ["echo no", "echo '{\"header\":{\"A\":\"b\\r\\nc\"}}'", "echo denied >&2; exit 1", "exit 255"])
    func hostThatGrantsNothing(_ answer: String) async throws {
        let directory = try TemporaryDirectory()
        let script = directory.path("ssh")
        try SystemCall.writeFile(script, Array("#!/bin/sh\n\(answer)\n".utf8))
        try makeExecutable(script)
        let remote = try #require(SSHRemote("git@git.example.com:org/x.git"))
        await #expect(throws: StoreError.self) {
            try await SSHAuthentication(remote: remote, sshCommand: script, variant: nil).grant(for: .download)
        }
    }
}
