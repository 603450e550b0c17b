import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct CurlRedirectTests {
    private static let secrets = [
        HTTPField("Authorization", "Bearer s"), HTTPField("Cookie", "s"), HTTPField("X-Amz-Security-Token", "s"),
        HTTPField("Private-Token", "s"), HTTPField("Range", "bytes=0-3"),
    ]

    /// Tells which fields arrived.
    private static func target() throws -> LoopbackServer {
        try LoopbackServer.answering { request in
            LoopbackAnswer(
                200, body: Array(request.fields.map { $0.name.lowercased() }.sorted().joined(separator: " ").utf8))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func secretsStayWithTheirHost(_ status: Int) async throws {
        let target = try Self.target()
        let server = try LoopbackServer.answering { _ in
            LoopbackAnswer(status, fields: [HTTPField("Location", "\(target.url)/x")])
        }
        let configuration = HTTPConfiguration(entries: [
            .init("http.\(server.url).extraheader", "X-Extra: secret")
        ])
        let answer = try await CurlTransport(configuration).send(
            HTTPRequest("GET", "\(server.url)/a", fields: Self.secrets), limit: 1000)
        #expect(String(decoding: answer.body, as: UTF8.self) == "accept host range user-agent")
    }

    @Test func fieldsStayWithinOneHost() async throws {
        let server = try LoopbackServer.answering { request in
            guard request.target == "/a/b?c" else {
                return LoopbackAnswer(
                    200, body: Array(request.fields.map { $0.name.lowercased() }.sorted().joined(separator: " ").utf8))
            }
            return LoopbackAnswer(302, fields: [HTTPField("Location", "../d")], body: Array("moved".utf8))
        }
        let answer = try await CurlTransport().send(
            HTTPRequest("GET", "\(server.url)/a/b?c", fields: Self.secrets), limit: 1000)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == "accept authorization cookie host private-token range user-agent x-amz-security-token")
    }

    @Test(arguments: ["POST", "PUT", "DELETE"])
    func onlyReadingFollows(_ method: String) async throws {
        let target = try Self.target()
        let server = try LoopbackServer.answering { _ in
            LoopbackAnswer(307, fields: [HTTPField("Location", "\(target.url)/x")])
        }
        let answer = try await CurlTransport().send(HTTPRequest(method, server.url), limit: 10)
        #expect(answer.status == 307 && answer[field: "location"] == "\(target.url)/x")
        #expect(target.connectionCount == 0)
    }

    @Test func circlesAndOtherSchemesEnd() async throws {
        let server = try LoopbackServer.answering { request in
            LoopbackAnswer(302, fields: [HTTPField("Location", request.target == "/file" ? "file:///etc/passwd" : "/")])
        }
        for path in ["/", "/file"] {
            let error = await storeError {
                try await CurlTransport().send(HTTPRequest("GET", server.url + path), limit: 10)
            }
            #expect(error?.code == .unavailable, "\(path): \(error?.message ?? "no error")")
        }
    }
}
