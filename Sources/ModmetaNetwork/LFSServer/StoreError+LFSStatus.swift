internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore

extension StoreError {
    /// The longest time a server is left alone because it asked for that.
    private static let longestWait = Duration.seconds(600)

    /// Describes a status by which an LFS server or its storage refuses a request.
    ///
    /// - Parameters:
    ///   - status: an HTTP status, or the code of one object in a batch answer, which has the same meaning.
    ///   - action: what was tried, as the words after "cannot".
    ///   - words: what the server said, already quoted; or nil.
    ///   - retryAfter: the field of that name, or nil.
    static func lfs(
        _ status: Int, _ action: String, words: String? = nil, retryAfter: String? = nil
    ) -> StoreError {
        let said = words.map { ": \($0)" } ?? ""
        let sentence = "cannot \(action): the server answered \(status)\(said)"
        switch status {
        case 401, 403:
            return StoreError(.denied, "\(sentence); check that you may do this there, and your credentials")
        case 404, 410: return StoreError(.missing, sentence)
        case 409: return StoreError(.unsupported, "\(sentence); it names objects by another hash than SHA-256")
        case 413: return StoreError(.unsupported, "\(sentence); the object is larger than the server takes")
        case 408, 425, 429, 500, 502, 503, 504, 509:
            return StoreError(.unavailable, sentence, retryAfter: retryAfter.flatMap(wait))
        case 507: return StoreError(.full, "\(sentence); make room there and give the same command again")
        default: return StoreError(.unsupported, sentence)
        }
    }

    /// How long `Retry-After` asks to wait: seconds, or a date; see RFC 9110, section 10.2.3.
    private static func wait(_ field: String) -> Duration? {
        if let seconds = Int64(field) { return min(.seconds(max(0, seconds)), longestWait) }
        return Timestamp(http: field).map { min(.seconds(max(0, $0.seconds - Int64(time(nil)))), longestWait) }
    }
}
