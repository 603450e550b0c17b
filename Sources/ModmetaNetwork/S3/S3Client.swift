internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// Sends signed requests about one bucket, again where that may help.
///
/// This is the one place where requests to a bucket are repeated: what is built on it makes each call once.
final class S3Client: Sendable {
    /// What is known of the service; requests learn of it.
    private struct Knowledge: Sendable {
        var location: S3Location
        /// How far the server's clock is ahead of ours, in seconds.
        var skew: Int64 = 0
    }

    let credentials: S3Credentials?
    private let knowledge: Mutex<Knowledge>
    private let transport: any HTTPTransport
    private let retry: RetryPolicy
    private let now: @Sendable () -> Int64

    init(
        location: S3Location, credentials: S3Credentials?, transport: any HTTPTransport, retry: RetryPolicy,
        now: @escaping @Sendable () -> Int64
    ) {
        self.credentials = credentials
        self.transport = transport
        self.retry = retry
        self.now = now
        knowledge = Mutex(Knowledge(location: location))
    }

    /// Whether bytes travel without encryption.
    var isPlain: Bool { knowledge.withLock { $0.location.isPlain } }

    /// The server's time, as far as it is known.
    var serverTime: Int64 { now() + knowledge.withLock { $0.skew } }

    /// Makes a call until it succeeds or fails for good.
    ///
    /// - Parameters:
    ///   - body: takes the body of the answer; what arrived before an attempt failed is not asked for again.
    ///   - read: makes a value of the answer; what it throws counts as the call's failure.
    /// - Throws: what `S3Failure` makes of an answer that is neither a success nor accepted.
    func perform<Result>(
        _ call: S3Call, into body: ReceivedBody, read: (HTTPResponse) throws -> Result
    ) async throws -> Result {
        try await retry.run(progress: { body.furthest }) {
            if let completed = body.completed { return try read(completed) }
            var call = call
            call.fields += body.fields
            let response = try await sendCorrected(call, into: body)
            if body.isRefused(by: response) || response.isSuccess && body.isShort {
                throw StoreError(.unavailable, "cannot \(call.action): the service does not send the rest of it")
            }
            guard response.isSuccess || call.accepted.contains(response.status) else {
                throw S3Failure(response).error(call, credentials: credentials, now: now())
            }
            return try read(response)
        }
    }

    /// Makes a call whose answer is small until it succeeds or fails for good.
    func perform<Result>(_ call: S3Call, read: (HTTPResponse) throws -> Result) async throws -> Result {
        try await retry.run {
            let response = try await sendCorrected(call)
            guard response.isSuccess || call.accepted.contains(response.status) else {
                throw S3Failure(response).error(call, credentials: credentials, now: now())
            }
            return try read(response)
        }
    }

    /// Sends once more where the answer says that our clock or region is wrong.
    private func sendCorrected(_ call: S3Call, into body: ReceivedBody? = nil) async throws -> HTTPResponse {
        var known = knowledge.withLock { $0 }
        var response = try await sendExplained(call, known, into: body)
        for _ in 0..<2 {
            guard !response.isSuccess, let corrected = correction(of: known, by: response) else { break }
            known = corrected
            response = try await sendExplained(call, known, into: body)
        }
        return response
    }

    /// Asks for the reason where HEAD is refused, as its answers have no words.
    private func sendExplained(
        _ call: S3Call, _ known: Knowledge, into body: ReceivedBody?
    ) async throws -> HTTPResponse {
        let response = try await send(call, known, into: body)
        guard call.method == "HEAD", [400, 403].contains(response.status) else { return response }
        var question = call
        question.method = "GET"
        question.fields.append(HTTPField("Range", "bytes=0-0"))
        // Some services send the whole file all the same, of which nothing is wanted.
        guard let told = try? await send(question, known), told.status == response.status else { return response }
        return told
    }

    private func send(_ call: S3Call, _ known: Knowledge, into body: ReceivedBody? = nil) async throws -> HTTPResponse {
        let location = known.location
        var request = HTTPRequest(
            call.method, location.url(key: call.key, query: call.query), fields: call.fields, body: call.body)
        if let credentials {
            request.fields.append(HTTPField("X-Amz-Content-SHA256", call.digest.sha256))
            try RequestSignature(credentials: credentials, region: location.region).sign(
                &request, payloadHash: call.digest.sha256, at: Timestamp(seconds: now() + known.skew))
        }
        if let body { return try await transport.receive(request, into: body, limit: UInt64(max(call.limit, 0))) }
        return try await transport.send(request, limit: call.limit)
    }

    /// Learns from an answer; nil if it says nothing that the request was not sent with.
    ///
    /// Others may have learnt the same meanwhile, so it is the request's own knowledge that counts.
    private func correction(of known: Knowledge, by response: HTTPResponse) -> Knowledge? {
        let failure = S3Failure(response)
        var corrected = known
        if let region = response[field: "x-amz-bucket-region"] ?? failure.region, S3Client.isRegion(region),
            [301, 307, 400, 403].contains(response.status), region != known.location.region
        {
            corrected.location.region = region
            knowledge.withLock { $0.location.region = region }
            return corrected
        }
        if failure.code == "RequestTimeTooSkewed",
            let time = response[field: "date"].flatMap({ Timestamp(http: $0) })
        {
            let skew = time.seconds - now()
            guard abs(skew - known.skew) > 1 else { return nil }
            corrected.skew = skew
            knowledge.withLock { $0.skew = skew }
            return corrected
        }
        return nil
    }

    /// A region becomes part of a host's name.
    private static func isRegion(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 == 0x2d || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    }
}
