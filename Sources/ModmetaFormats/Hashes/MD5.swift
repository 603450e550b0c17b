import CCrypto

/// An incremental MD5 computation by libcrypto: against accidents on the way only, as some protocols ask for it.
public struct MD5: ~Copyable {
    /// How many bytes a digest has.
    public static let byteCount = 16
    private let context: OpaquePointer

    /// Starts a computation over no bytes; nil where libcrypto is set up to refuse MD5.
    public init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        guard EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
        self.init(context: context)
    }

    private init(context: OpaquePointer) { self.context = context }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            if let start = buffer.baseAddress { EVP_DigestUpdate(context, start, buffer.count) }
        }
    }

    /// Ends the computation and returns the digest's bytes.
    public consuming func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: MD5.byteCount)
        EVP_DigestFinal_ex(context, &result, nil)
        return result
    }

    /// Returns the MD5 of some bytes; nil where libcrypto is set up to refuse MD5.
    public static func hash(_ bytes: [UInt8]) -> [UInt8]? {
        guard var hash = MD5() else { return nil }
        hash.update(bytes)
        return hash.finish()
    }
}
