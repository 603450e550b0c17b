import ModmetaNetwork
import ModmetaStore
import Synchronization

/// Answers requests without a network, and remembers them.
final class ScriptedTransport: HTTPTransport {
    private let answer: @Sendable (HTTPRequest, Int) async throws -> HTTPResponse
    private let seen = Mutex<[HTTPRequest]>([])

    /// - Parameter answer: gets the request and how many came before.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) async throws -> HTTPResponse) { self.answer = answer }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest, limit: Int) async throws -> HTTPResponse {
        let before = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        let response = try await answer(request, before)
        guard !response.isSuccess || response.body.count <= limit || request.method == "HEAD" else {
            throw StoreError(.corrupt, "the answer is larger than it may be")
        }
        return response
    }

    func receive(_ request: HTTPRequest, into body: ReceivedBody, limit: UInt64) async throws -> HTTPResponse {
        try body.take(try await send(request, limit: Int(limit)), limit: limit)
    }
}

extension ReceivedBody {
    /// Takes an answer as a transport does, and returns what is left of it.
    func take(_ answer: HTTPResponse, limit: UInt64) throws -> HTTPResponse {
        guard answer.isSuccess else { return answer }
        var rest = answer
        rest.body = []
        try begin(rest, limit: limit, from: "a server")
        try answer.body.withUnsafeBytes { try append($0, limit: limit, from: "a server") }
        return rest
    }
}
