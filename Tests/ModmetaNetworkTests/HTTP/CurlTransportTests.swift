import Glibc
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct CurlTransportTests {
    private func transport(_ change: (inout HTTPSettings) -> Void = { _ in }) -> CurlTransport {
        var settings = HTTPSettings()
        change(&settings)
        return CurlTransport(HTTPConfiguration(defaults: settings))
    }

    struct Echo: Sendable, CustomTestStringConvertible {
        var method: String
        var body: HTTPRequest.Body = .none
        var length: String?
        var testDescription: String { "\(method) \(length ?? "without a body")" }
    }

    @Test(arguments: [
        Echo(method: "GET"), Echo(method: "DELETE"), Echo(method: "PUT", length: "0"),
        Echo(method: "POST", length: "0"),
        Echo(method: "PUT", body: .bytes([]), length: "0"),
        Echo(method: "PUT", body: .bytes([UInt8](repeating: 7, count: 3_000_000)), length: "3000000"),
        Echo(method: "POST", body: .bytes([1, 2]), length: "2"),
    ])
    func sendsWhatItIsGiven(_ echo: Echo) async throws {
        let server = try LoopbackServer.answering { request in
            let seen = [
                request.method, request.target, request[field: "content-length"] ?? "none",
                request[field: "x-a"] ?? "none",
                request[field: "x-empty"].map { "\"\($0)\"" } ?? "none", request[field: "expect"] ?? "none",
                request[field: "accept-encoding"] ?? "none", request[field: "user-agent"] ?? "none",
            ]
            return LoopbackAnswer(200, fields: [HTTPField("X-Seen", seen.joined(separator: "|"))], body: request.body)
        }
        let answer = try await transport().send(
            HTTPRequest(
                echo.method, "\(server.url)/a%20b?c=d", fields: [HTTPField("X-A", "b: c"), HTTPField("X-Empty", "")],
                body: echo.body), limit: 3_000_000)
        #expect(
            answer[field: "x-seen"] == "\(echo.method)|/a%20b?c=d|\(echo.length ?? "none")|b: c|\"\"|none|none|modmeta")
        if case .bytes(let bytes) = echo.body { #expect(answer.body == bytes) }
    }

    @Test func sendsARangeOfAFileAndWritesIntoAnother() async throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try directory.write("source", bytes)
        let server = try LoopbackServer.answering { LoopbackAnswer(200, body: $0.body) }
        let descriptor = open(directory.path("target"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let answer = try await transport().receive(
            HTTPRequest("PUT", server.url, body: .file(path: directory.path("source"), range: 10..<90_010)),
            into: ReceivedBody(descriptor: descriptor), limit: 90_000)
        #expect(answer.status == 200 && answer.body.isEmpty)
        var got = [UInt8](repeating: 0, count: 100_000)
        #expect(pread(descriptor, &got, got.count, 0) == 90_000)
        #expect(Array(got[..<90_000]) == Array(bytes[10..<90_010]))
        await #expect(throws: StoreError.self) {
            try await transport().send(
                HTTPRequest("PUT", server.url, body: .file(path: directory.path("absent"), range: 0..<1)), limit: 10)
        }
        let error = await storeError {
            try await transport().send(
                HTTPRequest("PUT", server.url, body: .file(path: directory.path("source"), range: 0..<100_001)),
                limit: 10)
        }
        #expect(error?.code == .corrupt)
    }

    @Test func fieldsAfterTheBodyBeginNoOther() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.request()
            try connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"
            )
        }
        let answer = try await transport().send(HTTPRequest("GET", server.url), limit: 3)
        #expect(answer.body == Array("abc".utf8) && answer[field: "x-sum"] == nil)
    }

    @Test func keepsConnections() async throws {
        let server = try LoopbackServer.answering { _ in LoopbackAnswer(200) }
        let transport = transport()
        for _ in 0..<20 { _ = try await transport.send(HTTPRequest("GET", server.url), limit: 0) }
        #expect(server.connectionCount == 1)
    }

    /// Requests that wait for a connection are not late.
    @Test func limitsConnections() async throws {
        let server = try LoopbackServer { connection in
            while try connection.request() != nil {
                connection.pause(milliseconds: 800)
                try connection.send(LoopbackAnswer(204).bytes)
            }
        }
        let transport = transport {
            $0.connectionLimit = 2
            $0.connectTimeout = .seconds(3)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask { _ = try await transport.send(HTTPRequest("GET", server.url), limit: 0) }
            }
            try await group.waitForAll()
        }
        #expect(server.connectionCount == 2)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: StoreError.Code
        var serve: @Sendable (LoopbackConnection) throws -> Void

        init(_ name: String, _ code: StoreError.Code, _ serve: @escaping @Sendable (LoopbackConnection) throws -> Void)
        {
            testDescription = name
            self.code = code
            self.serve = serve
        }
    }

    static let faults = [
        Fault("closed at once", .unavailable) { _ in },
        Fault("reset", .unavailable) { connection in
            _ = try connection.request()
            connection.reset()
        },
        Fault("no HTTP", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("220 mail.example.com ESMTP\r\n")
        },
        Fault("truncated header", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1")
        },
        Fault("truncated after an interim answer", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n")
        },
        Fault("truncated body", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
        },
        Fault("truncated chunked body", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n")
        },
        Fault("stalled body", .unavailable) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            connection.pause(milliseconds: 8000)
        },
        Fault("silent", .unavailable) { connection in
            _ = try connection.request()
            connection.pause(milliseconds: 8000)
        },
        Fault("announced body too large", .corrupt) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            connection.pause(milliseconds: 8000)
        },
        Fault("chunked body too large", .corrupt) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "100\r\n\(String(repeating: "x", count: 256))\r\n"
            while true { try connection.send(chunk) }
        },
        Fault("endless header", .corrupt) { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\n")
            while true { try connection.send("X-Field: \(String(repeating: "x", count: 900))\r\n") }
        },
    ]

    @Test(arguments: faults)
    func namesFaults(_ fault: Fault) async throws {
        let server = try LoopbackServer(serve: fault.serve)
        let transport = transport { $0.stallTime = .seconds(3) }
        let error = await storeError {
            try await transport.send(HTTPRequest("GET", "\(server.url)/path?secret=x"), limit: 1000)
        }
        #expect(error?.code == fault.code, "\(error?.message ?? "no error")")
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("127.0.0.1:\(server.port)/path") == true)
    }

    @Test func readsBodiesOfUnknownLength() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nup to the end")
        }
        let answer = try await transport().send(HTTPRequest("GET", server.url), limit: 13)
        #expect(answer.body == Array("up to the end".utf8))
    }

    @Test func cutsShortWhatIsNoSuccess() async throws {
        let server = try LoopbackServer.answering { request in
            LoopbackAnswer(403, fields: [HTTPField("Retry-After", "3")], body: [UInt8](repeating: 65, count: 200_000))
        }
        let answer = try await transport().send(HTTPRequest("GET", server.url), limit: 0)
        #expect(answer.status == 403 && answer.body.count == 64 << 10 && answer[field: "retry-after"] == "3")
    }

    @Test func ignoresInterimAnswersAndTrailers() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nX-A: late\r\nTransfer-Encoding: chunked\r\n\r\n")
            try connection.send("2\r\nok\r\n0\r\nX-A: trailer\r\n\r\n")
        }
        let answer = try await transport().send(HTTPRequest("GET", server.url), limit: 10)
        #expect(answer.body == Array("ok".utf8) && answer.status == 200)
        #expect(answer.fields.filter { $0.name == "X-A" }.map(\.value) == ["late"])
    }

    @Test func refusesHeaderInjectionAndPasswordsInURLs() async throws {
        let server = try LoopbackServer.answering { _ in LoopbackAnswer(200) }
        let injected = await storeError {
            try await transport().send(
                HTTPRequest("GET", server.url, fields: [HTTPField("X-A", "b\r\nX-C: d")]), limit: 0)
        }
        #expect(injected?.code == .invalidURL)
        let password = await storeError {
            try await transport().send(
                HTTPRequest("GET", "http://user:geheim@127.0.0.1:\(server.port)/"), limit: 0)
        }
        #expect(password?.code == .invalidURL && password?.message.contains("geheim") == false)
        let scheme = await storeError {
            try await transport().send(HTTPRequest("GET", "file:///etc/passwd"), limit: 10)
        }
        #expect(scheme?.code == .invalidURL)
        #expect(server.connectionCount == 0)
    }

    @Test func goesThroughProxies() async throws {
        let proxy = try LoopbackServer.answering { LoopbackAnswer(200, body: Array($0.target.utf8)) }
        let server = try LoopbackServer.answering { _ in LoopbackAnswer(200, body: Array("direct".utf8)) }
        let transport = CurlTransport(
            HTTPConfiguration(
                entries: [.init("http.proxy", proxy.url)], environment: ["NO_PROXY": "localhost,127.0.0.1"]))
        let through = try await transport.send(HTTPRequest("GET", "http://models.example.com/a?b"), limit: 100)
        #expect(String(decoding: through.body, as: UTF8.self) == "http://models.example.com/a?b")
        let direct = try await transport.send(HTTPRequest("GET", server.url), limit: 100)
        #expect(String(decoding: direct.body, as: UTF8.self) == "direct")
    }

    @Test func cancellationBreaksOff() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.request()
            connection.pause(milliseconds: 20_000)
        }
        let transport = transport()
        let task = Task { try await transport.send(HTTPRequest("GET", server.url), limit: 0) }
        try await Task.sleep(for: .milliseconds(200))
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(15))
    }
}
