import CCrypto

/// An incremental SHA-256 computation by libcrypto.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Starts a computation over no bytes.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // libcrypto fails here only when memory is exhausted.
            fatalError("libcrypto could not start a SHA-256 computation")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the computation and returns the digest of all appended bytes.
    public consuming func finish() -> Digest {
        var result = [UInt8](repeating: 0, count: Digest.byteCount)
        EVP_DigestFinal_ex(context, &result, nil)
        return Digest(bytes: result)!
    }

    /// Returns the SHA-256 of some bytes.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// Returns the SHA-256 of some bytes.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { hash($0) }
    }
}
