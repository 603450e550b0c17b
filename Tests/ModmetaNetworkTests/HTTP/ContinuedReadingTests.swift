import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaNetwork

@Suite(.timeLimit(.minutes(5))) struct ContinuedReadingTests {
    private static let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
    private static let other = content.map { $0 ^ 1 }

    private func bucket(_ server: BreakingServer, attempts: Int = 3) throws -> S3Bucket {
        var configuration = S3Configuration()
        configuration.endpoint = server.url
        var settings = HTTPSettings()
        settings.stallTime = .seconds(3)
        return try S3Bucket(
            "models", prefix: "", configuration: configuration,
            transport: CurlTransport(HTTPConfiguration(defaults: settings)),
            retry: RetryPolicy(attempts: attempts, sleep: { _ in }))
    }

    @Test(arguments: [false, true])
    func wholeFilesGoOnAtTheByte(isChunked: Bool) async throws {
        let server = try BreakingServer(Self.content, .init(isChunked: isChunked))
        #expect(try await bucket(server).read("a", limit: 1_000_000) == Self.content)
        #expect(server.requests.count == 10)
        #expect(server.requests[0][field: "range"] == nil)
        let end = isChunked ? "" : "999999"
        #expect(server.requests[1][field: "range"] == "bytes=100000-\(end)")
        // A part says how much there is in all.
        #expect(server.requests[9][field: "range"] == "bytes=900000-999999")
        #expect(server.requests[1][field: "if-range"] == "\"one\"")
    }

    /// A reset takes with it what has not been read yet, which on a busy machine may be all of an answer.
    @Test(arguments: [false, true])
    func resetsCostWhatWasNotReadYet(isChunked: Bool) async throws {
        let server = try BreakingServer(Self.content, .init(ending: .reset, isChunked: isChunked))
        #expect(try await bucket(server, attempts: 20).read("a", limit: 1_000_000) == Self.content)
        let starts = server.requests.map { request in
            request[field: "range"].flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
        }
        #expect(starts.count >= 10 && starts[starts.count - 1] >= 900_000)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 && $1 <= $0 + 100_000 }, "\(starts)")
    }

    @Test func silenceIsNoReasonToBeginAnew() async throws {
        let server = try BreakingServer(Self.content, .init(breaksAfter: 600_000, ending: .silence))
        #expect(try await bucket(server).read("a", limit: 1_000_000) == Self.content)
        #expect(server.requests.map { $0[field: "range"] } == [nil, "bytes=600000-999999"])
    }

    @Test func rangesGoOnAtTheByte() async throws {
        let server = try BreakingServer(Self.content)
        #expect(try await bucket(server).read("a", range: 5..<250_005) == Array(Self.content[5..<250_005]))
        #expect(
            server.requests.map { $0[field: "range"] } == [
                "bytes=5-250004", "bytes=100005-250004", "bytes=200005-250004",
            ])
    }

    @Test func serversWithoutRangesSendEverythingAgain() async throws {
        let server = try BreakingServer(Self.content, .init(breaks: 2, sendsRanges: false))
        #expect(try await bucket(server).read("a", limit: 1_000_000) == Self.content)
        #expect(server.requests.count == 3)
    }

    /// The first attempt got farther than none, the three that follow do not.
    @Test func attemptsThatBringNothingNewAreCounted() async throws {
        let server = try BreakingServer(Self.content, .init(sendsRanges: false))
        let error = await storeError { try await bucket(server).read("a", limit: 1_000_000) }
        #expect(error?.code == .unavailable)
        #expect(server.requests.count == 4)
    }

    @Test(arguments: [true, false])
    func whatHasChangedIsReadFromTheStart(comparesValidators: Bool) async throws {
        let server = try BreakingServer(
            Self.content,
            .init(
                breaks: 1, comparesValidators: comparesValidators, tags: ["\"one\"", "\"two\""],
                otherContent: Self.other))
        #expect(try await bucket(server).read("a", limit: 1_000_000) == Self.other)
        #expect(server.requests.count == (comparesValidators ? 2 : 3))
    }

    /// As if the service changed its tags from one answer to the next: then nothing tells but the hash.
    @Test func weakTagsAreNoCondition() async throws {
        let server = try BreakingServer(Self.content, .init(breaksAfter: 600_000, tags: ["W/\"one\""]))
        #expect(try await bucket(server).read("a", limit: 1_000_000) == Self.content)
        #expect(server.requests.count == 2 && server.requests[1][field: "if-range"] == nil)
    }

    /// Some services compare the tag without its quotes.
    @Test func conditionsThatAreNeverMetAreLeftOut() async throws {
        let body = ReceivedBody()
        let answer = HTTPResponse(
            status: 200, fields: [HTTPField("ETag", "\"one\""), HTTPField("Content-Length", "9")])
        for _ in 0..<2 {
            try body.begin(answer, limit: 9, from: "x")
            try [1, 2].withUnsafeBytes {
                try body.append(UnsafeRawBufferPointer(rebasing: $0[..<2]), limit: 9, from: "x")
            }
        }
        #expect(body.fields == [HTTPField("Range", "bytes=2-8")])
    }

    @Test func joinedBytesThatAreWrongAreReadFromTheStart() async throws {
        // Without a tag nothing but the hash tells that the file has changed between the first two answers.
        let server = try BreakingServer(
            Self.content,
            .init(breaksAfter: 600_000, breaks: 1, tags: ["W/1", "W/2", "W/1"], otherContent: Self.other))
        let key = ObjectKey.payload(PayloadID(SHA256.hash(Self.content)))
        let store = RetryingStore(BucketStore(files: try bucket(server)), policy: .once)
        #expect(try await store.read(key, limit: 1_000_000) == Self.content)
        #expect(server.requests.map { $0[field: "range"] } == [nil, "bytes=600000-999999", nil])
    }

    struct Field: Sendable, CustomTestStringConvertible {
        var range: String
        var length: String?
        var testDescription: String { "\(range), \(length ?? "no length")" }
    }

    @Test(arguments: [
        Field(range: "bytes 18446744073709551615-18446744073709551616/1"), Field(range: "bytes 0-1/0", length: "2"),
        Field(range: "bytes 9223372036854775807-2/9", length: "9223372036854775807"),
        Field(range: "bytes 9223372036854775808-2/9", length: "18446744073709551615"), Field(range: "bytes 0-1/1"),
        Field(range: "bytes -/", length: "-1"), Field(range: "bytes 2-1/*", length: "0"),
    ])
    func hostileHeadersAreNoCrash(_ field: Field) throws {
        for status in [200, 206] {
            let fields = [HTTPField("Content-Range", field.range)]
            let answer = HTTPResponse(
                status: status, fields: fields + (field.length.map { [HTTPField("Content-Length", $0)] } ?? []))
            for body in [ReceivedBody(), ReceivedBody(wanted: 2..<4)] {
                for _ in 0..<3 {
                    try? body.begin(answer, limit: UInt64(Int64.max), from: "x")
                    try? [UInt8](repeating: 0, count: 3).withUnsafeBytes {
                        try body.append($0, limit: UInt64(Int64.max), from: "x")
                    }
                    #expect(body.count <= 9 && !body.fields.isEmpty)
                    _ = (body.completed, body.isShort)
                }
            }
        }
    }

    @Test func filesGoOnAtTheByte() async throws {
        let directory = try TemporaryDirectory()
        let descriptor = open(directory.path("target"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let server = try BreakingServer(Self.content, .init(breaks: 3))
        let body = ReceivedBody(descriptor: descriptor)
        let transport = CurlTransport()
        for _ in 0..<3 {
            _ = await storeError {
                try await transport.receive(
                    HTTPRequest("GET", server.url, fields: body.fields), into: body, limit: 1_000_000)
            }
        }
        #expect(body.count == 300_000)
        _ = try await transport.receive(
            HTTPRequest("GET", server.url, fields: body.fields), into: body, limit: 1_000_000)
        var got = [UInt8](repeating: 0, count: 1_000_001)
        #expect(pread(descriptor, &got, got.count, 0) == 1_000_000)
        #expect(Array(got.dropLast()) == Self.content)
    }

    /// What is longer than what comes after it leaves nothing behind.
    @Test func filesThatBeginAnewAreCutShort() async throws {
        let directory = try TemporaryDirectory()
        let descriptor = open(directory.path("target"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let server = try BreakingServer(
            Self.content, .init(breaks: 1, tags: ["\"one\"", "\"two\""], otherContent: [1, 2, 3]))
        let body = ReceivedBody(descriptor: descriptor)
        _ = await storeError {
            try await CurlTransport().receive(HTTPRequest("GET", server.url), into: body, limit: 1_000_000)
        }
        _ = try await CurlTransport().receive(
            HTTPRequest("GET", server.url, fields: body.fields), into: body, limit: 1_000_000)
        var got = [UInt8](repeating: 0, count: 10)
        #expect(pread(descriptor, &got, got.count, 0) == 3 && got.prefix(3) == [1, 2, 3])
    }
}
