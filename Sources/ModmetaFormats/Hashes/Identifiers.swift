/// A name that is the SHA-256 of what it names.
///
/// The conforming types are distinct so that the name of one kind of thing cannot be passed for another.
public protocol DigestIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The SHA-256 value.
    var digest: Digest { get }
    /// Wraps a SHA-256 value.
    init(_ digest: Digest)
}

extension DigestIdentifier {
    /// Creates an identifier from 64 lower-case hexadecimal digits, or returns nil.
    public init?(hex: some StringProtocol) {
        guard let digest = Digest(hex: hex) else { return nil }
        self.init(digest)
    }

    /// The 64 lower-case hexadecimal digits.
    public var hex: String { digest.hex }

    /// The 64 lower-case hexadecimal digits.
    public var description: String { digest.hex }

    /// Orders identifiers as their bytes are ordered.
    public static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }
}

/// The name of a whole LFS object: the SHA-256 of the file's bytes, as in its pointer.
public struct ObjectID: DigestIdentifier {
    /// The SHA-256 of the whole file.
    public let digest: Digest
    /// Wraps a SHA-256 value.
    public init(_ digest: Digest) { self.digest = digest }
}

/// The name of a chunk: the SHA-256 of its raw bytes.
public struct ChunkID: DigestIdentifier {
    /// The SHA-256 of the raw bytes.
    public let digest: Digest
    /// Wraps a SHA-256 value.
    public init(_ digest: Digest) { self.digest = digest }
}

/// The name of a payload (an encoded chunk): the SHA-256 of its encoded bytes.
public struct PayloadID: DigestIdentifier {
    /// The SHA-256 of the encoded bytes.
    public let digest: Digest
    /// Wraps a SHA-256 value.
    public init(_ digest: Digest) { self.digest = digest }
}
