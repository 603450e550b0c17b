import ModmetaFormats
import ModmetaLFS
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite struct LFSContinuedReadingTests {
    private let directory: TemporaryDirectory
    private static let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    private static let id = ObjectID(SHA256.hash(content))

    init() throws { directory = try TemporaryDirectory() }

    /// A server with one object, whose connections break after 300 bytes; and a client that gives up after a few attempts.
    private func objects(_ server: FakeLFSServer, attempts: Int = 2) async throws -> LFSObjects {
        server.state.withLock { $0.objects[Self.id.hex] = Self.content }
        let client = LFSObjects(
            server: try LFSServerURL("https://git.example.com/team/qa.git"), transport: server, purpose: .download,
            spoolDirectory: directory.path("spool"), retry: RetryPolicy(attempts: attempts, sleep: { _ in }))
        // As transfers do: they know the sizes of what they fetch.
        _ = try await client.has([(Self.id, UInt64(Self.content.count))])
        return client
    }

    private func ranges(_ server: FakeLFSServer) -> [String?] { server.requests("GET").map { $0.field("Range") } }

    @Test func wholeObjectsGoOnAtTheByte() async throws {
        let server = FakeLFSServer(.init(breaksAfter: 300))
        #expect(try await objects(server).read(Self.id, limit: 2000) == Self.content)
        #expect(ranges(server) == [nil, "bytes=300-", "bytes=600-999", "bytes=900-999"])
    }

    /// The first range goes to a file, as a server may send everything; the next ones to memory.
    @Test func rangesGoOnAtTheByte() async throws {
        let server = FakeLFSServer(.init(breaksAfter: 300))
        let client = try await objects(server)
        #expect(try await client.read(Self.id, range: 100..<600) == Array(Self.content[100..<600]))
        #expect(try await client.read(Self.id, range: 500..<900) == Array(Self.content[500..<900]))
        #expect(ranges(server).count == 4)
    }

    @Test func serversWithoutRangesSendEverythingAgain() async throws {
        let server = FakeLFSServer(.init(sendsRanges: false, breaksAfter: 300))
        let client = try await objects(server)
        let error = await storeError { try await client.read(Self.id, range: 100..<600) }
        #expect(error?.code == .unavailable)
        // The first attempt brought something; two that follow do not.
        #expect(server.requests("GET").count == 3)
        server.state.withLock { $0.habits.breaksAfter = nil }
        #expect(try await client.read(Self.id, range: 100..<600) == Array(Self.content[100..<600]))
        #expect(server.requests("GET").count == 4)
    }

    /// Such a server sends everything when it is asked for a range, and the rest when it is asked for that.
    @Test func spooledObjectsGoOnAtTheByte() async throws {
        let server = FakeLFSServer(.init(breaksAfter: 300))
        server.interrupt("GET", HTTPResponse(status: 200, body: Self.content))
        let client = try await objects(server)
        #expect(try await client.read(Self.id, range: 100..<600) == Array(Self.content[100..<600]))
        #expect(ranges(server) == ["bytes=100-599", "bytes=300-", "bytes=600-999", "bytes=900-999"])
        // All of it is here now.
        #expect(try await client.read(Self.id, range: 0..<1000) == Self.content)
        #expect(server.requests("GET").count == 4)
    }

    @Test func aRestThatIsRefusedIsAskedForAnew() async throws {
        let server = FakeLFSServer(.init(breaksAfter: 600))
        let client = try await objects(server, attempts: 3)
        server.interrupt("GET", HTTPResponse(status: 200, body: Array(Self.content.prefix(700))))
        server.interrupt("GET", HTTPResponse(status: 416))
        server.interrupt("GET", HTTPResponse(status: 200, body: Self.content))
        #expect(try await client.read(Self.id, limit: 2000) == Self.content)
        #expect(ranges(server) == [nil, "bytes=600-", nil, "bytes=600-"])
    }

    /// It says itself that there is no more, so there is no rest to ask for.
    @Test(arguments: [nil, 100..<600]) func anAnswerThatIsTooShortIsAskedForAnew(_ range: Range<UInt64>?) async throws {
        let server = FakeLFSServer(.init(sendsRanges: false))
        let client = try await objects(server)
        let short = Array(Self.content.prefix(700))
        server.interrupt(
            "GET", HTTPResponse(status: 200, fields: [HTTPField("Content-Length", "700")], body: short))
        if let range {
            #expect(try await client.read(Self.id, range: range) == Array(Self.content[100..<600]))
        } else {
            #expect(try await client.read(Self.id, limit: 2000) == Self.content)
        }
        #expect(server.requests("GET").count == 2)
    }

    @Test func joinedBytesThatAreWrongAreReadFromTheStart() async throws {
        let server = FakeLFSServer(.init(breaksAfter: 600))
        server.interrupt("GET", HTTPResponse(status: 200, body: Self.content.map { $0 ^ 1 }))
        let store = RetryingStore(
            LFSServerStore(objects: try await objects(server), documents: MemoryStore()), policy: .once)
        #expect(try await store.read(.object(Self.id), limit: 2000) == Self.content)
        #expect(ranges(server) == [nil, "bytes=600-", nil, "bytes=600-"])
    }
}
