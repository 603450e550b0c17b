internal import ModmetaFormats
internal import Synchronization

/// HTTP by libcurl: HTTP/2 where the server has it, connections kept and shared, any number of requests at a time.
///
/// Nothing is sent again here; see `RetryPolicy`. Redirects are followed for GET and HEAD. To another server (scheme,
/// host or port) only fields that cannot hold a secret go along, and from https to http nothing goes at all.
public final class CurlTransport: HTTPTransport {
    /// The most redirects followed for one request.
    static let redirectLimit = 8
    /// The fields that may go along to another server.
    private static let harmlessFields: Set<ByteString> = ["accept", "range", "if-range", "if-none-match", "user-agent"]

    private let configuration: HTTPConfiguration
    private let traffic: NetworkTraffic
    private let driver = Mutex<CurlDriver?>(nil)

    /// Creates a transport; libcurl is loaded with the first request.
    ///
    /// - Parameter traffic: counts what is sent and received.
    public init(
        _ configuration: HTTPConfiguration = HTTPConfiguration(), counting traffic: NetworkTraffic = NetworkTraffic()
    ) {
        self.configuration = configuration
        self.traffic = traffic
    }

    deinit { driver.withLock { $0?.end() } }

    /// Sends a request; the answer's body has at most `limit` bytes.
    public func send(_ request: HTTPRequest, limit: Int) async throws -> HTTPResponse {
        let body = ReceivedBody()
        var response = try await receive(request, into: body, limit: UInt64(max(limit, 0)))
        if response.isSuccess { response.body = body.take() }
        return response
    }

    /// Sends a request; the body of a successful answer goes to `body`, which then has at most `limit` bytes.
    public func receive(
        _ request: HTTPRequest, into body: ReceivedBody, limit: UInt64
    ) async throws -> HTTPResponse {
        guard limit <= UInt64(Int64.max) else {
            throw StoreError(.corrupt, "a download would end beyond the greatest possible size of a file")
        }
        var request = request
        for _ in 0...CurlTransport.redirectLimit {
            let outcome = try await perform(request, into: body, limit: limit)
            guard [301, 302, 303, 307, 308].contains(outcome.response.status), let url = outcome.redirect,
                request.method == "GET" || request.method == "HEAD", let from = HTTPAddress(request.url)
            else { return outcome.response }
            try redirect(&request, from: from, to: url)
        }
        throw StoreError(
            .unavailable,
            "\(HTTPAddress(request.url).map { "\($0)" } ?? "a server") redirects more than "
                + "\(CurlTransport.redirectLimit) times")
    }

    private func redirect(_ request: inout HTTPRequest, from: HTTPAddress, to url: String) throws {
        guard let address = HTTPAddress(url) else {
            throw StoreError(.unavailable, "\(from) redirects to something that is no http or https URL")
        }
        guard from.scheme == "http" || address.scheme == "https" else {
            throw StoreError(
                .denied, "\(from) redirects to \(address), where nothing is encrypted; that is not followed")
        }
        if !address.hasSameOrigin(as: from) {
            request.fields.removeAll { !CurlTransport.harmlessFields.contains($0.key) }
        }
        request.url = address.url
    }

    private func perform(
        _ request: HTTPRequest, into body: ReceivedBody, limit: UInt64
    ) async throws -> CurlJob.Outcome {
        let settings = configuration.settings(for: request.url)
        let driver = try driver.withLock { driver in
            if let driver { return driver }
            let started = try CurlDriver(connectionLimit: settings.connectionLimit)
            driver = started
            return started
        }
        let number = Mutex<UInt64?>(nil)
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                let started = driver.start(
                    CurlJob(
                        request: request, settings: settings, body: body, limit: limit, traffic: traffic,
                        finish: { continuation.resume(with: $0) }))
                number.withLock { $0 = started }
                // Whoever cancelled before the number was known could not pass it on.
                if Task.isCancelled { driver.cancel(started) }
            }
        } onCancel: {
            if let number = number.withLock({ $0 }) { driver.cancel(number) }
        }
    }
}
