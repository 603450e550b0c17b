/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The bytes that SHA-256 takes at a time.
    private static let blockSize = 64

    /// The authentication code of some bytes; 32 bytes.
    public static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var key = key.count > blockSize ? SHA256.hash(key).bytes : key
        key += [UInt8](repeating: 0, count: blockSize - key.count)
        let inner = SHA256.hash(key.map { $0 ^ 0x36 } + bytes)
        return SHA256.hash(key.map { $0 ^ 0x5C } + inner.bytes).bytes
    }
}
