import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct NetworkTrafficTests {
    private let traffic = NetworkTraffic()

    @Test func `bodies of requests and answers are counted`() async throws {
        let server = try LoopbackServer.answering { _ in LoopbackAnswer(200, body: [UInt8](repeating: 1, count: 700)) }
        let transport = CurlTransport(counting: traffic)
        let body = HTTPRequest.Body.bytes([UInt8](repeating: 7, count: 600_000))
        _ = try await transport.send(HTTPRequest("PUT", server.url, body: body), limit: 1000)
        #expect(traffic.sent == 600_000)
        #expect(traffic.received == 700)
        _ = try await transport.send(HTTPRequest("GET", server.url), limit: 1000)
        #expect(traffic.sent == 600_000)
        #expect(traffic.received == 1400)
    }

    @Test func `attempts that fail count as well, and answers that are no success`() async throws {
        let attempts = Mutex(0)
        let server = try LoopbackServer.answering { _ in
            let number = attempts.withLock {
                $0 += 1
                return $0
            }
            return LoopbackAnswer(number < 3 ? 503 : 200, body: [UInt8](repeating: 1, count: 50))
        }
        let transport = CurlTransport(counting: traffic)
        try await RetryPolicy(attempts: 3, firstPause: .zero).run {
            let body = HTTPRequest.Body.bytes([UInt8](repeating: 7, count: 1000))
            let answer = try await transport.send(HTTPRequest("PUT", server.url, body: body), limit: 1000)
            guard answer.isSuccess else { throw StoreError(.unavailable, "busy") }
        }
        #expect(traffic.sent == 3000)
        #expect(traffic.received == 150)
    }

    @Test func `a body that breaks off counts as far as it came`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
        }
        await #expect(throws: StoreError.self) {
            try await CurlTransport(counting: traffic).send(HTTPRequest("GET", server.url), limit: 1000)
        }
        #expect(traffic.received == 5)
    }
}
