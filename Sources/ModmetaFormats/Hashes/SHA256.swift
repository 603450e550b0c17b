import CCrypto

/// An incremental SHA-256 computation by libcrypto.
///
/// By its functions that take the state from the caller: they need no memory of their own, so that none of them fails.
public struct SHA256: ~Copyable {
    private var state = SHA256_CTX()

    /// Starts a computation over no bytes.
    public init() { SHA256_Init(&state) }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        SHA256_Update(&state, start, bytes.count)
    }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the computation and returns the digest of all appended bytes.
    public consuming func finish() -> Digest { end() }

    /// Ends the computation, returns its digest, and starts one over no bytes.
    package mutating func restart() -> Digest {
        let digest = end()
        SHA256_Init(&state)
        return digest
    }

    private mutating func end() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { buffer in
            _ = SHA256_Final(buffer.bindMemory(to: UInt8.self).baseAddress, &state)
        }
        return Digest(bigEndian: words)
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
