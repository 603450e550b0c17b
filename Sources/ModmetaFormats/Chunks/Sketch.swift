/// What a similarity search needs to know of one stored object, see docs/formats/sketch.md.
///
/// The features are 64-bit hashes of what the object is made of: name, type and shape of each tensor, or the chunks of an
/// opaque file. Keeping the smallest of them makes two sketches comparable: the share of smallest values in common
/// estimates the share of features in common (MinHash, Broder 1997).
public struct Sketch: Hashable, Sendable {
    /// How many features are kept.
    public static let featureLimit = 128
    /// The length of the longest sketch in bytes.
    public static let sizeLimit = 4 + 1 + 32 + 8 + 8 + 2 + 8 * featureLimit

    private static let magic = Array("MMSK".utf8)
    private static let version: UInt8 = 1

    /// The object.
    public var object: ObjectID
    /// The object's size in bytes.
    public var size: UInt64
    /// When the object was stored, in seconds since 1970.
    public var stored: UInt64
    /// The smallest features, ascending, without repetition.
    public var features: [UInt64]

    /// Makes the sketch of an object.
    public init(object: ObjectID, size: UInt64, stored: UInt64, features: Set<UInt64>) {
        self.object = object
        self.size = size
        self.stored = stored
        self.features = Array(features.sorted().prefix(Sketch.featureLimit))
    }

    /// The features of a file with tensors.
    public static func features(of layout: Layout) -> Set<UInt64> {
        Set(layout.tensors.map { feature(of: $0) })
    }

    /// What tells a tensor by its name, type and shape.
    public static func feature(of tensor: Layout.Tensor) -> UInt64 {
        feature(Array("\(tensor.name)\u{0}\(tensor.dtype)\u{0}\(tensor.shape)".utf8))
    }

    /// The features of an opaque file.
    public static func features(of chunks: some Sequence<ChunkID>) -> Set<UInt64> {
        Set(chunks.map { $0.digest.w0 })
    }

    private static func feature(_ bytes: [UInt8]) -> UInt64 { SHA256.hash(bytes).w0 }

    /// The bytes of the sketch.
    public func serialized() -> [UInt8] {
        var bytes = Sketch.magic + [Sketch.version] + object.digest.bytes
        bytes.append(littleEndian: size, count: 8)
        bytes.append(littleEndian: stored, count: 8)
        bytes.append(littleEndian: UInt64(features.count), count: 2)
        for feature in features { bytes.append(littleEndian: feature, count: 8) }
        return bytes
    }

    /// Reads a sketch.
    ///
    /// - Throws: `FormatError` unless the bytes are exactly one sketch of a known version.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        let fixed = 4 + 1 + 32 + 8 + 8 + 2
        guard bytes.count >= fixed else { throw FormatError(.truncated, "the sketch ends early", offset: 0) }
        guard Array(bytes.prefix(4)) == Sketch.magic else {
            throw FormatError(.malformed, "this is not a sketch", offset: 0)
        }
        guard bytes[4] == Sketch.version else {
            throw FormatError(.unsupportedVersion, "the sketch has version \(bytes[4]); only 1 is known", offset: 4)
        }
        object = ObjectID(Digest(bytes: bytes[5..<37])!)
        size = bytes.littleEndian(at: 37, count: 8)
        stored = bytes.littleEndian(at: 45, count: 8)
        let count = Int(bytes.littleEndian(at: 53, count: 2))
        guard count <= Sketch.featureLimit, bytes.count == fixed + 8 * count else {
            throw FormatError(.malformed, "the sketch's length does not fit its \(count) features", offset: 53)
        }
        features = (0..<count).map { bytes.littleEndian(at: fixed + 8 * $0, count: 8) }
        guard zip(features, features.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw FormatError(.malformed, "the sketch's features are not in ascending order", offset: UInt64(fixed))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: UInt64, count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }

    fileprivate func littleEndian(at offset: Int, count: Int) -> UInt64 {
        self[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
