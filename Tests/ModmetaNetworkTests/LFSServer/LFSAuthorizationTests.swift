import ModmetaFormats
import ModmetaLFS
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

/// Credentials of the requests to an LFS server's endpoint.
@Suite struct LFSAuthorizationTests {
    /// Gives passwords in turn and notes what becomes of them.
    private final class Source: CredentialSource {
        let passwords: Mutex<[String]>
        let events = Mutex<[String]>([])

        init(_ passwords: [String]) { self.passwords = Mutex(passwords) }

        func fill(for server: LFSServerURL, challenges: [String]) async throws -> Credential? {
            try await Task.sleep(for: .milliseconds(5))
            events.withLock { $0.append("fill \(challenges.first ?? "unasked")") }
            return passwords.withLock { $0.isEmpty ? nil : Credential(username: "me", password: $0.removeFirst()) }
        }
        func approve(_ credential: Credential, for server: LFSServerURL) async {
            events.withLock { $0.append("approve \(credential.password)") }
        }
        func reject(_ credential: Credential, for server: LFSServerURL) async {
            events.withLock { $0.append("reject \(credential.password)") }
        }
    }

    private struct Granting: EndpointGranting {
        func grant(for operation: BatchOperation) async throws -> EndpointGrant {
            EndpointGrant(
                endpoint: FakeLFSServer.endpoint, fields: [HTTPField("Authorization", "RemoteAuth \(operation)")])
        }
    }

    private func objects(
        _ server: FakeLFSServer, _ source: any CredentialSource, needsCredential: Bool = false,
        granting: (any EndpointGranting)? = nil
    ) throws -> LFSObjects {
        LFSObjects(
            server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .download,
            spoolDirectory: "/nonexistent", credentials: source, granting: granting,
            needsCredential: needsCredential, retry: RetryPolicy(attempts: 2, sleep: { _ in }))
    }

    private let id = ObjectID(SHA256.hash([1]))
    private static let secret = Credential(username: "me", password: "secret").authorization

    @Test func credentialsAreEncoded() {
        #expect(
            Credential(username: "Aladdin", password: "open sesame").authorization
                == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(Credential(username: "a", password: "").authorization == "Basic YTo=")
        #expect(Credential(username: "a", password: "b").authorization == "Basic YTpi")
    }

    @Test func refusalAsksOnceForAllTasksAndApproves() async throws {
        let server = FakeLFSServer(.init(authorization: Self.secret))
        let source = Source(["secret"])
        let client = try objects(server, source)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask { _ = try await client.has([(ObjectID(SHA256.hash([UInt8(number & 255), 2])), 1)]) }
            }
            try await group.waitForAll()
        }
        #expect(source.events.withLock { $0 } == ["fill Basic realm=\"git\"", "approve secret"])
    }

    @Test func mistypedPasswordIsRejectedAndAskedForAgain() async throws {
        let source = Source(["wrong", "secret"])
        let client = try objects(FakeLFSServer(.init(authorization: Self.secret)), source)
        _ = try await client.has([(id, 1)])
        #expect(source.events.withLock { $0.filter { !$0.hasPrefix("fill") } } == ["reject wrong", "approve secret"])
    }

    @Test(arguments: [[], ["a"], ["a", "b", "c", "d", "e", "f"]])
    func refusalIsFinalAfterAWhile(_ passwords: [String]) async throws {
        let source = Source(passwords)
        let client = try objects(FakeLFSServer(.init(authorization: Self.secret)), source)
        let error = await #expect(throws: StoreError.self) { _ = try await client.has([(id, 1)]) }
        #expect(error?.code == .denied)
        #expect(source.events.withLock { $0.count } <= 8)
        for password in passwords { #expect(error?.message.contains("\"\(password)\"") == false) }
    }

    @Test func accessThatIsKnownToNeedCredentialsAsksFirst() async throws {
        let server = FakeLFSServer(.init(authorization: Self.secret))
        let source = Source(["secret"])
        _ = try await objects(server, source, needsCredential: true).has([(id, 1)])
        #expect(server.requests("POST").count == 1)
        #expect(source.events.withLock { $0 } == ["fill unasked", "approve secret"])
    }

    @Test func sshGrantsAccess() async throws {
        let server = FakeLFSServer(.init(authorization: "RemoteAuth download"))
        _ = try await objects(server, Source([]), granting: Granting()).has([(id, 1)])
        #expect(server.requests("POST").count == 1)
    }

    @Test func credentialsDescribeThemselvesWithoutThem() {
        let credential = Credential(username: "me", password: "secret", attributes: ["password=secret"])
        #expect(!"\(credential)\(String(reflecting: credential))".contains("secret"))
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!dumped.contains("secret"))
    }
}
