/// The constants of the manifest format, version 1; see docs/formats/manifest.md.
enum ManifestFormat {
    /// The first bytes of every manifest.
    static let magic = Array("MODMETA-MANIFEST".utf8)
    /// The version this program writes, and the only one it reads.
    static let version: UInt8 = 1
    /// The bytes before the body: magic and version.
    static let headLength = magic.count + 1
    /// The bytes after the body: the SHA-256 of all bytes before.
    static let trailerLength = Digest.byteCount

    /// The bytes of the shortest description of a tensor, entry, segment and chunk.
    static let (leastTensor, leastEntry, leastSegment, leastChunk) = (6, 34, 3, 1)
}

extension Manifest {
    /// The largest numbers that are valid in a manifest; see docs/formats/manifest.md, "Limits".
    public enum Limits {
        /// The bytes of a manifest.
        public static let length = 256 << 20
        /// The bytes of a payload: incompressible raw bytes and the frame around them.
        public static let payloadLength = ChunkLimits.maximum + (64 << 10)
        /// The bytes of all base segments of an entry together.
        public static let baseLength = 4 * ChunkLimits.maximum
        /// The versions between a payload and its chain's full chunk.
        public static let generation = 65_535
        /// The deltas that are applied one upon the other to rebuild an entry.
        public static let depth = 256
        /// The payloads decoded to rebuild an entry, if nothing that is rebuilt on the way is kept.
        public static let effort = 1 << 16
        /// The chunks of a file.
        static let chunks = 1 << 24
        /// The base segments of all entries together.
        static let segments = 1 << 24
        /// The different pairs of dtype and element kind.
        static let types = 256
    }
}
