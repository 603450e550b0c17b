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

    func download(
        _ request: HTTPRequest, to descriptor: CInt, at offset: UInt64, limit: UInt64
    ) async throws -> HTTPResponse {
        throw StoreError(.unsupported, "nothing is downloaded to files here")
    }
}
