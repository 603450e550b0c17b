import CCrypto

/// SHA-256 of many short runs of bytes, one after the other, without the cost of setting up each.
public struct RepeatedSHA256: ~Copyable {
    private let context: OpaquePointer

    /// Starts the first computation.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // libcrypto fails here only when memory is exhausted.
            fatalError("libcrypto could not start a SHA-256 computation")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends bytes to the run that is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// Ends the run, begins the next, and returns the first 8 bytes of the digest as a big-endian number.
    public mutating func finishPrefix() -> UInt64 {
        var result: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &result) { buffer in
            _ = EVP_DigestFinal_ex(context, buffer.bindMemory(to: UInt8.self).baseAddress, nil)
        }
        // Without a type, the one there is stays.
        EVP_DigestInit_ex(context, nil, nil)
        return UInt64(bigEndian: result.0)
    }
}
