/// A request about a bucket or one of its keys, before it has a URL and a signature.
struct S3Call: Sendable {
    var method: String
    /// The key, prefix included; empty for the bucket itself.
    var key: String
    /// Names and values, not encoded.
    var query: [(String, String)] = []
    var fields: [HTTPField] = []
    var body = HTTPRequest.Body.none
    var digest = BodyDigest.empty
    /// What is tried, as the words after "cannot": `read modmeta/index/ab`.
    var action: String
    /// The most bytes the answer may have.
    var limit = 1 << 20
    /// The statuses that are an answer although they are no success.
    var accepted: Set<Int> = []

    /// A request without a body.
    init(_ method: String, _ key: String, to action: String) {
        self.method = method
        self.key = key
        self.action = action
    }
}
