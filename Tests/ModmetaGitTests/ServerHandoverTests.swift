import Testing

@testable import ModmetaGit

@Suite struct ServerHandoverTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var remote = "origin"
        var address: String
        var command: String?
        var arguments: [String] = []
        var testDescription: String { "\(remote) \(address)" }
    }

    @Test(arguments: [
        Case(address: "file:///mnt/store"),
        Case(address: "s3://bucket/prefix"),
        Case(address: "/mnt/store"),
        Case(
            address: "https://example.com/a/b.git", command: "remote-https",
            arguments: ["origin", "https://example.com/a/b.git"]),
        Case(
            remote: "modmeta::https://example.com/b", address: "https://example.com/b", command: "remote-https",
            arguments: ["https://example.com/b", "https://example.com/b"]),
        Case(
            address: "http://127.0.0.1:8080/b", command: "remote-http",
            arguments: ["origin", "http://127.0.0.1:8080/b"]),
        Case(address: "http://[::1]:8080/b", command: "remote-http", arguments: ["origin", "http://[::1]:8080/b"]),
        Case(address: "http://localhost/b", command: "remote-http", arguments: ["origin", "http://localhost/b"]),
        Case(
            address: "http://u:p@localhost:80/b", command: "remote-http",
            arguments: ["origin", "http://u:p@localhost:80/b"]),
    ])
    func `servers go to git's own helper, other stores do not`(_ test: Case) throws {
        let handover = try ServerHandover(remote: test.remote, address: test.address)
        #expect(handover?.command == test.command)
        #expect(handover?.arguments ?? [] == test.arguments)
    }

    @Test(arguments: [
        "http://example.com/b", "http://127.evil.com/b", "http://localhost.evil.com/b", "http://localhost@evil.com/b",
        "http://evil.com?@localhost/b", "http://evil.com#@localhost/b", "http://[::1].evil.com/b", "http://127.1/b",
    ])
    func `without TLS only this machine is asked`(_ address: String) {
        #expect(throws: RemoteHelperError.self) { try ServerHandover(remote: "origin", address: address) }
    }

    @Test func `a password is not shown`() {
        let error = #expect(throws: RemoteHelperError.self) {
            try ServerHandover(remote: "origin", address: "http://user:secret@example.com/b")
        }
        #expect(error?.message.contains("secret") == false)
    }
}
