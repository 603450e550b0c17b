/// The constants of the manifest format, version 1; see docs/formats/manifest.md.
enum ManifestFormat {
    /// The magic.
    static let magic = Array("MODMETA-MANIFEST".utf8)
    /// The only version this program reads and writes.
    static let version: UInt8 = 1
    /// The bytes before the body: magic and version.
    static let headLength = magic.count + 1
    /// The bytes after the body: the SHA-256 of everything before.
    static let trailerLength = Digest.byteCount

    /// The bytes of the shortest tensor, entry, segment and chunk.
    static let (minimumTensor, minimumEntry, minimumSegment, minimumChunk) = (6, 34, 3, 1)
}

extension Manifest {
    /// The limits on numbers in a manifest; see docs/formats/manifest.md, "Limits".
    public enum Limits {
        /// The bytes of a manifest.
        public static let length = 256 << 20
        /// The bytes of a payload: incompressible raw bytes and their framing.
        public static let payloadLength = ChunkLimits.maximum + (64 << 10)
        /// The bytes of all base segments of an entry.
        public static let baseLength = 4 * ChunkLimits.maximum
        /// The versions between a payload and its chain's full chunk.
        public static let generation = 65_535
        /// The deltas applied on top of each other to rebuild an entry.
        public static let depth = 256
        /// The payloads decoded to rebuild an entry, if no intermediate result is kept.
        public static let effort = 1 << 16
        /// The chunks of a file.
        static let chunks = 1 << 24
        /// The base segments of all entries.
        static let segments = 1 << 24
        /// The unique pairs of dtype and element kind.
        static let types = 256
    }
}
