internal import ModmetaStore

/// A bucket's place on the network: turns keys into URLs.
struct S3Location: Hashable, Sendable {
    let bucket: String
    /// The region that requests are signed for; it can turn out to be another one than was configured.
    var region: String
    private let endpoint: HTTPAddress?
    private let isVirtual: Bool

    init(bucket: String, configuration: S3Configuration) throws {
        self.bucket = bucket
        region = configuration.region
        endpoint = configuration.endpoint.flatMap { HTTPAddress($0) }
        guard configuration.endpoint == nil || endpoint != nil else {
            throw StoreError(.invalidURL, "the endpoint configured for S3 is no http or https URL")
        }
        guard (1...255).contains(bucket.utf8.count), bucket != ".", bucket != "..",
            bucket.utf8.allSatisfy(S3Location.isNameByte)
        else { throw StoreError(.invalidURL, "\"\(bucket)\" cannot be the name of a bucket") }
        let isLabel =
            bucket.utf8.count <= 63
            && bucket.utf8.allSatisfy { $0 == 0x2d || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
        switch configuration.addressing {
        case .path: isVirtual = false
        case .virtual: isVirtual = true
        // A name with dots fits no certificate, and the hosts of an endpoint of one's own are rarely in the DNS.
        case nil: isVirtual = configuration.endpoint == nil && isLabel
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
        default: false
        }
    }

    /// The URL of a key, or of the bucket where it is empty.
    ///
    /// - Parameter query: names and values, not encoded.
    func url(key: String, query: [(String, String)] = []) -> String {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let scheme = endpoint?.scheme ?? "https"
        let host = endpoint?.authority ?? "s3.\(region).\(suffix)"
        var base = endpoint?.path ?? ""
        while base.hasSuffix("/") { base.removeLast() }
        var url = isVirtual ? "\(scheme)://\(bucket).\(host)\(base)/" : "\(scheme)://\(host)\(base)/\(bucket)"
        if !key.isEmpty { url += (isVirtual ? "" : "/") + PercentEncoding.encode(key, keepingSlashes: true) }
        if !query.isEmpty {
            let pairs = query.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
            url += "?" + pairs.sorted().joined(separator: "&")
        }
        return url
    }

    /// Whether bytes travel without encryption, and so without a check of their own.
    var isPlain: Bool { endpoint?.scheme == "http" }
}
