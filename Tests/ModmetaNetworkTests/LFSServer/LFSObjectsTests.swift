import ModmetaFormats
import ModmetaLFS
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

/// The Batch API as a client, against a server whose habits are chosen.
@Suite struct LFSObjectsTests {
    private static let retry = RetryPolicy(attempts: 4, sleep: { _ in })

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func objects(
        _ server: FakeLFSServer, _ purpose: BatchOperation = .upload, url: String = FakeLFSServer.endpoint,
        credentials: any CredentialSource = NoCredentials(), granting: (any EndpointGranting)? = nil
    ) throws -> LFSObjects {
        LFSObjects(
            server: try LFSServerURL(url), transport: server, purpose: purpose,
            spoolDirectory: directory.path("spool"), credentials: credentials, granting: granting,
            ref: "refs/heads/main", retry: LFSObjectsTests.retry)
    }

    private func object(_ number: Int, count: Int = 100) -> (id: ObjectID, bytes: [UInt8]) {
        let bytes = ObjectStoreContract.bytes(count, seed: UInt8(truncatingIfNeeded: number)) + Array("\(number)".utf8)
        return (ObjectID(SHA256.hash(bytes)), bytes)
    }

    @Test func manyAtOnceTakeFewRequests() async throws {
        let server = FakeLFSServer(.init(pause: .milliseconds(5)))
        let client = try objects(server)
        let all = (0..<500).map { object($0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for (id, bytes) in all { group.addTask { try await client.has([(id, UInt64(bytes.count))])[0] } }
            for try await isThere in group { #expect(!isThere) }
        }
        let asked = server.requests("POST", containing: "/objects/batch").count
        #expect((5...10).contains(asked), "\(asked) requests for 500 questions")
        try await withThrowingTaskGroup(of: PutOutcome.self) { group in
            for (id, bytes) in all { group.addTask { try await client.put(id, .bytes(bytes)) } }
            for try await outcome in group { #expect(outcome == .created) }
        }
        #expect(server.requests("PUT").count == 500)
        // What the questions were told is still good for the transfers.
        #expect(server.requests("POST", containing: "/objects/batch").count == asked)
        let there = try await client.has(all.map { ($0.id, UInt64($0.bytes.count)) })
        #expect(there.allSatisfy { $0 })
    }

    @Test func whatComesNextIsAskedAboutInTheSameBreath() async throws {
        let server = FakeLFSServer()
        let all = (0..<100).map { object($0) }
        server.state.withLock { $0.objects[all[7].id.hex] = all[7].bytes }
        let client = LFSObjects(
            server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .upload,
            spoolDirectory: directory.path("spool"), retry: LFSObjectsTests.retry,
            companions: { _ in all.map { ($0.id, UInt64($0.bytes.count)) } })
        for (index, object) in all.enumerated() {
            let isThere = try await client.has([(object.id, UInt64(object.bytes.count))])
            #expect(isThere == [index == 7])
            if index != 7 { #expect(try await client.put(object.id, .bytes(object.bytes)) == .created) }
        }
        #expect(server.requests("POST", containing: "/objects/batch").count == 1)
        #expect(server.requests("PUT").count == 99)
    }

    @Test func whoWaitsForAnObjectIsNotToldOldNews() async throws {
        let server = FakeLFSServer()
        let (first, second) = (object(1), object(2))
        let client = LFSObjects(
            server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .upload,
            spoolDirectory: directory.path("spool"), retry: LFSObjectsTests.retry,
            companions: { _ in [(second.id, UInt64(second.bytes.count))] })
        #expect(try await client.has([(first.id, UInt64(first.bytes.count))]) == [false])
        server.state.withLock { $0.objects[second.id.hex] = second.bytes }
        try await Task.sleep(for: .milliseconds(300))
        _ = try await client.has([(second.id, UInt64(second.bytes.count))])
        #expect(try await client.has([(second.id, UInt64(second.bytes.count))]) == [true])
    }

    @Test func aServerThatRefusesTheCompanyIsAskedAlone() async throws {
        let server = FakeLFSServer()
        let (first, second) = (object(1), object(2))
        server.interrupt("/objects/batch", HTTPResponse(status: 422, fields: [], body: Array("{}".utf8)))
        let client = LFSObjects(
            server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .upload,
            spoolDirectory: directory.path("spool"), retry: LFSObjectsTests.retry,
            companions: { _ in [(second.id, UInt64(second.bytes.count))] })
        #expect(try await client.has([(first.id, UInt64(first.bytes.count))]) == [false])
        #expect(server.requests("POST", containing: "/objects/batch").count == 2)
    }

    @Test func bodyOfABatchRequest() async throws {
        let server = FakeLFSServer()
        let (id, _) = object(1)
        _ = try await objects(server, .download).has([(id, 5)])
        let request = try #require(server.requests("POST").first)
        let expected =
            #"{"operation":"download","transfers":["basic"],"ref":{"name":"refs/heads/main"},"objects":[{"oid":""#
            + id.hex + #"","size":5}],"hash_algo":"sha256"}"#
        #expect(String(decoding: request.bytes, as: UTF8.self) == expected)
        #expect(request.field("Accept") == "application/vnd.git-lfs+json")
        #expect(request.field("Content-Type") == "application/vnd.git-lfs+json")
    }

    @Test func batchIsHalvedUntilTheServerTakesIt() async throws {
        let server = FakeLFSServer(.init(batchLimit: 30))
        let client = try objects(server)
        let all = (0..<100).map { object($0) }
        let there = try await client.has(all.map { ($0.id, 1) })
        #expect(there.count == 100 && server.requests("POST").count == 7)
    }

    @Test(arguments: [true, false])
    func rangesAreReadWhereTheServerSendsThemAndSpooledWhereNot(_ sendsRanges: Bool) async throws {
        let server = FakeLFSServer(.init(sendsRanges: sendsRanges))
        let (id, bytes) = object(1, count: 5000)
        server.state.withLock { $0.objects[id.hex] = bytes }
        let client = try objects(server, .download)
        #expect(try await client.has([(id, UInt64(bytes.count))]) == [true])
        for start in stride(from: 0, to: 4000, by: 1000) {
            let part = try await client.read(id, range: UInt64(start)..<UInt64(start + 1000))
            #expect(part == Array(bytes[start..<start + 1000]))
        }
        #expect(server.requests("GET").count == (sendsRanges ? 4 : 1))
    }

    @Test func spooledObjectOfOtherBytesIsRefused() async throws {
        let server = FakeLFSServer(.init(sendsRanges: false))
        let (id, bytes) = object(1, count: 5000)
        server.state.withLock { $0.objects[id.hex] = bytes.reversed() }
        let client = try objects(server, .download)
        let error = await #expect(throws: StoreError.self) { try await client.read(id, range: 0..<10) }
        #expect(error?.code == .missing)
        _ = try await client.has([(id, UInt64(bytes.count))])
        let second = await #expect(throws: StoreError.self) { try await client.read(id, range: 0..<10) }
        #expect(second?.code == .corrupt)
    }

    @Test func ourCredentialsStayWithTheEndpoint() async throws {
        let server = FakeLFSServer(
            .init(authorization: "Basic bWU6c2VjcmV0", actionFields: "\"X-Given\":\"1\"", isAuthenticated: false))
        server.interrupt("PUT", HTTPResponse(status: 401))
        let client = try objects(server, url: "https://me:secret@git.example.com/team/qa.git")
        let (id, bytes) = object(1)
        #expect(try await client.put(id, .bytes(bytes)) == .created)
        for request in server.requests("PUT") + server.requests("POST", containing: "storage") {
            #expect(request.field("Authorization") == nil && request.field("X-Given") == "1")
        }
        #expect(server.requests("POST", containing: "batch").allSatisfy { $0.field("Authorization") != nil })
    }

    @Test func actionsOfTheEndpointsHostMayAskForOurCredentials() async throws {
        let storage = "https://git.example.com/storage/"
        let server = FakeLFSServer(
            .init(
                authorization: "Basic bWU6c2VjcmV0", storage: storage, actionFields: "", isAuthenticated: false))
        server.interrupt("PUT", HTTPResponse(status: 401))
        let client = try objects(server, url: "https://me:secret@git.example.com/team/qa.git")
        let (id, bytes) = object(1)
        #expect(try await client.put(id, .bytes(bytes)) == .created)
        #expect(server.requests("PUT").map { $0.field("Authorization") } == [nil, "Basic bWU6c2VjcmV0"])
    }

    @Test(arguments: ["http://storage.example.com/", "ftp://git.example.com/", "https://a:b@git.example.com/", "//x/"])
    func actionsThatAreNotSafeAreRefused(_ storage: String) async throws {
        let server = FakeLFSServer(.init(storage: storage))
        let client = try objects(server)
        let (id, bytes) = object(1)
        let error = await #expect(throws: StoreError.self) { try await client.put(id, .bytes(bytes)) }
        #expect(error?.code == .denied && server.requests("PUT").isEmpty)
    }

    @Test func expiredActionsAreAskedForAgain() async throws {
        let server = FakeLFSServer(.init(expiresIn: 3))
        let client = try objects(server)
        let (id, bytes) = object(1)
        _ = try await client.has([(id, UInt64(bytes.count))])
        #expect(try await client.put(id, .bytes(bytes)) == .created)
        #expect(server.requests("POST", containing: "/batch").count == 2)
        // One that ends earlier than it said, too.
        server.interrupt("PUT", HTTPResponse(status: 403))
        let (other, content) = object(2)
        #expect(try await client.put(other, .bytes(content)) == .created)
        #expect(server.requests("POST", containing: "/batch").count == 4)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var status: Int
        var code: StoreError.Code
        var testDescription: String { "\(status)" }
    }

    @Test(arguments: [
        Refusal(status: 403, code: .denied), Refusal(status: 404, code: .noStore),
        Refusal(status: 501, code: .unsupported),
        Refusal(status: 507, code: .full), Refusal(status: 422, code: .unsupported),
    ])
    func refusalsOfTheServerAreFinal(_ refusal: Refusal) async throws {
        let server = FakeLFSServer()
        let body = Array(#"{"message":"no\u001b[31m"}"#.utf8)
        server.interrupt("batch", HTTPResponse(status: refusal.status, body: body))
        let (id, bytes) = object(1)
        let client = try objects(server)
        let error = await #expect(throws: StoreError.self) { try await client.put(id, .bytes(bytes)) }
        #expect(error?.code == refusal.code && server.requests("POST").count == 1)
        #expect(error?.message.contains("\u{1b}") == false && error?.message.contains("no\\u{1b}") == true)
    }

    @Test(arguments: [429, 500, 503, 509])
    func troubleThatPassesIsWaitedFor(_ status: Int) async throws {
        let server = FakeLFSServer()
        server.interrupt("batch", HTTPResponse(status: status, fields: [HTTPField("Retry-After", "7")]))
        server.interrupt("PUT", HTTPResponse(status: status))
        let waits = Waits()
        let client = LFSObjects(
            server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .upload,
            spoolDirectory: directory.path("spool"), retry: RetryPolicy(attempts: 4) { await waits.add($0) })
        let (id, bytes) = object(1)
        #expect(try await client.put(id, .bytes(bytes)) == .created)
        #expect(await waits.longest == .seconds(7))
    }

    /// Sending an object asks for leave first, and each may fail; together they make the attempts of one.
    @Test func aServerThatFailsIsAskedAsOftenAsOnePolicySays() async throws {
        let server = FakeLFSServer()
        for _ in 0..<100 { server.interrupt("batch", HTTPResponse(status: 503)) }
        let (id, bytes) = object(1)
        let client = try objects(server)
        let error = await #expect(throws: StoreError.self) { try await client.put(id, .bytes(bytes)) }
        #expect(error?.code == .unavailable && server.requests("POST").count == 4)
        _ = await #expect(throws: StoreError.self) { try await client.read(id, limit: 1000) }
        #expect(server.requests("POST").count == 8)
    }

    private actor Waits {
        var longest = Duration.zero
        func add(_ wait: Duration) { longest = max(longest, wait) }
    }

    @Test(arguments: [400, 422])
    func bytesThatWereDamagedOnTheWayAreSentAgain(_ status: Int) async throws {
        let server = FakeLFSServer()
        server.interrupt("PUT", HTTPResponse(status: status))
        let (id, bytes) = object(1)
        #expect(try await objects(server).put(id, .bytes(bytes)) == .created)
        #expect(server.requests("PUT").count == 2)
    }

    @Test func wrongBytesAreNotSent() async throws {
        let server = FakeLFSServer()
        let client = try objects(server)
        let error = await #expect(throws: StoreError.self) { try await client.put(object(1).id, .bytes([1])) }
        #expect(error?.code == .corrupt && server.requests("PUT").isEmpty)
    }

    @Test func uploadThatWasNotKeptIsAnError() async throws {
        let server = FakeLFSServer(.init(dropsUploads: true))
        let client = try objects(server)
        let (id, bytes) = object(1)
        let error = await #expect(throws: StoreError.self) { try await client.put(id, .bytes(bytes)) }
        #expect(error?.code == .unavailable)
    }

    @Test func whatIsKnownIsNotAskedAgain() async throws {
        let server = FakeLFSServer()
        let client = try objects(server)
        let (id, bytes) = object(1)
        for _ in 0..<5 { #expect(try await client.has([(id, UInt64(bytes.count))]) == [false]) }
        _ = try await client.put(id, .bytes(bytes))
        for _ in 0..<5 { #expect(try await client.has([(id, UInt64(bytes.count))]) == [true]) }
        #expect(try await client.has([(id, 1)]) == [false])
        #expect(server.requests("POST", containing: "/objects/batch").count == 3)
    }

    @Test func serversThatAlwaysOfferAnUploadAreAskedOtherwise() async throws {
        let server = FakeLFSServer(.init(alwaysOffersUpload: true))
        let client = try objects(server)
        let (id, bytes) = object(1)
        _ = try await client.put(id, .bytes(bytes))
        #expect(try await client.has([(id, UInt64(bytes.count))]) == [true])
    }

    @Test func batchOfWhichNothingIsThereMayBe404() async throws {
        let server = FakeLFSServer(.init(answersWhollyMissingBatchesWith404: true))
        let client = try objects(server, .download)
        #expect(try await client.has([(object(1).id, 1), (object(2).id, 1)]) == [false, false])
        #expect(try await client.size(of: object(1).id) == nil)
        server.state.withLock { $0.objects[object(3).id.hex] = object(3).bytes }
        #expect(try await client.has([(object(3).id, 7)]) == [false])
        let error = await #expect(throws: StoreError.self) { try await client.read(object(1).id, limit: 10) }
        #expect(error?.code == .missing)
    }

    @Test(arguments: [true, false])
    func sizeOfAnObjectNobodyAskedAboutBefore(_ checksSizes: Bool) async throws {
        let server = FakeLFSServer(.init(checksSizes: checksSizes))
        let (id, bytes) = object(1)
        server.state.withLock { $0.objects[id.hex] = bytes }
        let client = try objects(server, .download)
        if checksSizes {
            let error = await #expect(throws: StoreError.self) { try await client.size(of: id) }
            #expect(error?.code == .unsupported)
        } else {
            #expect(try await client.size(of: id) == UInt64(bytes.count))
        }
        // A reader of payloads knows the size, and gives it as the limit.
        #expect(try await client.read(id, limit: bytes.count) == bytes)
    }
}
