import CCrypto

/// HMAC with SHA-256 (RFC 2104) by libcrypto.
public enum HMACSHA256 {
    /// The authentication code of some bytes; 32 bytes.
    public static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Digest.byteCount)
        var length: CUnsignedInt = 0
        // An empty array's address may be null, which libcrypto takes for "the key of the last call".
        let key = key.isEmpty ? [0] : key
        let isDone = HMAC(EVP_sha256(), key, CInt(clamping: key.count), bytes, bytes.count, &code, &length) != nil
        // libcrypto fails here only when memory is exhausted.
        precondition(isDone && length == code.count, "libcrypto could not compute an HMAC")
        return code
    }
}
