internal import ModmetaFormats
internal import ModmetaStore

/// Signs requests by AWS Signature Version 4.
///
/// The algorithm: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The path
/// is signed as it stands, as S3 wants it, so the caller has percent-encoded it once.
struct RequestSignature {
    var credentials: S3Credentials
    var region: String
    var service = "s3"

    /// Adds date, session token and signature to a request's fields; all fields that are there are signed.
    ///
    /// - Parameter payloadHash: the SHA-256 of the body in hexadecimal digits, or a word the service knows.
    func sign(_ request: inout HTTPRequest, payloadHash: String, at time: Timestamp) throws {
        guard let address = HTTPAddress(request.url) else {
            throw StoreError(.invalidURL, "a request to be signed has no http or https URL")
        }
        request.fields.append(HTTPField("X-Amz-Date", time.basic))
        if let token = credentials.sessionToken {
            request.fields.append(HTTPField("X-Amz-Security-Token", token))
        }
        let fields = canonicalFields(request.fields + [HTTPField("Host", address.authority)])
        let names = fields.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, address.path, canonicalQuery(address), fields.map { "\($0.name):\($0.value)\n" }.joined(),
            names, payloadHash,
        ].joined(separator: "\n")
        let day = String(time.basic.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = ["AWS4-HMAC-SHA256", time.basic, scope, SHA256.hash(Array(canonical.utf8)).hex]
            .joined(separator: "\n")
        let signature = Hexadecimal.text(HMACSHA256.code(of: Array(text.utf8), key: key(day: day)))
        request.fields.append(
            HTTPField(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(signature)"))
    }

    private func key(day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretKey)".utf8)) { key, part in
            HMACSHA256.code(of: Array(part.utf8), key: key)
        }
    }

    /// Lower-case names in order; values trimmed, runs of spaces made one, and values of one name put together.
    private func canonicalFields(_ fields: [HTTPField]) -> [HTTPField] {
        var values: [String: [String]] = [:]
        for field in fields {
            let value = field.value.split(separator: " ").joined(separator: " ")
            values[field.name.lowercased(), default: []].append(value)
        }
        return values.sorted { $0.key < $1.key }.map { HTTPField($0.key, $0.value.joined(separator: ",")) }
    }

    private func canonicalQuery(_ address: HTTPAddress) -> String {
        let query = address.target.drop { $0 != "?" }.dropFirst()
        let pairs = query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return (name: String(name), value: String(pair.dropFirst(name.count + 1)))
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }
}
