internal import ModmetaFormats
internal import ModmetaStore

/// What a service compares a body with, to refuse one that was damaged on the way.
struct BodyDigest: Hashable, Sendable {
    /// The SHA-256 in hexadecimal digits, which the signature covers.
    var sha256: String
    /// The MD5; nil where this machine's libcrypto refuses it.
    var md5: [UInt8]?
    /// The length in bytes.
    var size: UInt64

    /// The most bytes read at once.
    private static let blockSize: UInt64 = 1 << 20

    /// The digest of no bytes.
    static let empty = BodyDigest(of: [])

    /// Hashes bytes in memory.
    init(of bytes: [UInt8]) {
        sha256 = SHA256.hash(bytes).hex
        md5 = MD5.hash(bytes)
        size = UInt64(bytes.count)
    }

    /// Hashes a body; a file is read through.
    init(of body: HTTPRequest.Body) throws {
        switch body {
        case .none: self = .empty
        case .bytes(let bytes): self.init(of: bytes)
        case .file(let path, let range): try self.init(ofFile: path, range)
        }
    }

    private init(ofFile path: String, _ range: Range<UInt64>) throws {
        let file = try UploadedFile(path)
        var sha256 = SHA256()
        guard range.upperBound <= file.size else {
            throw StoreError(.corrupt, "\(path) became shorter while it was stored; give the same command again")
        }
        let isHashable = MD5.hash([]) != nil
        var md5 = MD5()
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(BodyDigest.blockSize)) {
            let bytes = try file.read(start..<min(start + BodyDigest.blockSize, range.upperBound))
            sha256.update(bytes)
            md5?.update(bytes)
        }
        self.sha256 = sha256.finish().hex
        self.md5 = isHashable ? md5?.finish() : nil
        size = UInt64(range.count)
    }
}
