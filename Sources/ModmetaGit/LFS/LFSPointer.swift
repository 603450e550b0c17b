public import ModmetaFormats

/// What Git stores in place of an LFS object: its name and size, as a short text.
///
/// The format is that of git-lfs's docs/spec.md. It is read as git-lfs itself reads it (`PointerDecoder`), because a pointer
/// overlooked is a push without its weights. What a blob is, `LFSBlob` says.
public struct LFSPointer: Hashable, Sendable {
    /// The object's name.
    public var object: ObjectID
    /// The object's size in bytes.
    public var size: UInt64

    /// The version in pointers that are written now.
    static let version = "https://git-lfs.github.com/spec/v1"
    /// All versions that git-lfs reads.
    static let versions = [version, "https://hawser.github.com/spec/v1", "http://git-media.io/v/2"]

    /// Creates a pointer.
    public init(object: ObjectID, size: UInt64) {
        self.object = object
        self.size = size
    }

    /// Reads a pointer.
    ///
    /// - Throws: `FormatError` when the bytes are not those of a pointer.
    public init(parsing bytes: some Collection<UInt8>) throws(FormatError) {
        var decoder = PointerDecoder()
        self = try decoder.decode(bytes)
    }

    /// The canonical bytes, whose Git blob every writer of this pointer makes.
    public func serialized() -> [UInt8] {
        Array("version \(LFSPointer.version)\noid sha256:\(object.hex)\nsize \(size)\n".utf8)
    }
}
