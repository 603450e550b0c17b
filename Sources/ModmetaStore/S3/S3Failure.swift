internal import ModmetaFormats

/// An answer of an S3 service that is no success.
struct S3Failure {
    /// The service's word for it; nil where it said nothing, as to HEAD.
    var code: String?
    /// The region the service says the bucket is in.
    var region: String?
    private var message: String?
    private let status: Int
    private let retryAfter: String?

    init(_ response: HTTPResponse) {
        status = response.status
        retryAfter = response[field: "retry-after"]
        guard let root = XMLScanner.root(of: response.body), root.name == "Error" else { return }
        code = root["Code"].map(S3Failure.shown)
        message = root["Message"].map(S3Failure.shown)
        region = root["Region"]
    }

    /// The error to throw for a call.
    func error(_ call: S3Call, credentials: S3Credentials?, now: Int64) -> StoreError {
        let said = [code, message].compactMap { $0 }.joined(separator: ": ")
        let sentence = "cannot \(call.action): the service answered \(status)" + (said.isEmpty ? "" : " (\(said))")
        switch code.map({ ByteString($0) }) {
        case "NoSuchBucket":
            return StoreError(.noStore, "\(sentence); make the bucket first, for example with `aws s3 mb`")
        case "ExpiredToken", "TokenRefreshRequired", "InvalidToken", "ExpiredTokenException":
            return StoreError(
                .denied, "\(sentence); the credentials have expired: renew them and give the same command again")
        case "QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "InsufficientCapacity":
            return StoreError(.full, "\(sentence); make room and give the same command again")
        case "RequestTimeTooSkewed":
            return StoreError(.denied, "\(sentence); set this machine's clock")
        case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody",
            "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted",
            "ConditionalRequestConflict":
            return StoreError(.unavailable, "\(sentence); give the same command again", retryAfter: pause(now))
        default: break
        }
        switch status {
        case 404: return StoreError(.missing, sentence)
        case 401, 403:
            let who =
                credentials.map { "the key \($0.accessKey)" } ?? "reading without credentials (set AWS_PROFILE "
                + "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
            return StoreError(.denied, "\(sentence); check what the bucket allows \(who)")
        case 408, 409, 425, 429, 500, 502, 503, 504:
            return StoreError(.unavailable, "\(sentence); give the same command again", retryAfter: pause(now))
        case 501: return StoreError(.unsupported, sentence)
        case 507: return StoreError(.full, "\(sentence); make room and give the same command again")
        case 300..<400:
            return StoreError(
                .unsupported,
                "\(sentence): the bucket is elsewhere; check AWS_REGION and the endpoint configured for S3")
        default: return StoreError(.system, sentence)
        }
    }

    /// How long the service asked to be left alone: at most two minutes are granted.
    private func pause(_ now: Int64) -> Duration? {
        guard let retryAfter else { return nil }
        let seconds = Int64(retryAfter) ?? Timestamp(http: retryAfter).map { $0.seconds - now }
        return seconds.map { .seconds(min(max($0, 0), 120)) }
    }

    /// A service's words as they can safely be shown.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200)))
    }
}
