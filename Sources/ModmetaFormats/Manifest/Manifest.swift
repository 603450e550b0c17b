/// How to rebuild one LFS object from payloads of a store; self-contained.
///
/// The byte layout is docs/formats/manifest.md.
public struct Manifest: Hashable, Sendable {
    /// How a payload decodes to a chunk's raw bytes.
    ///
    /// The raw value is the code on the wire.
    public enum Encoding: UInt8, Hashable, Sendable {
        /// The payload is the raw bytes.
        case raw = 0
        /// The payload decodes without a base.
        case full = 1
        /// The payload decodes against the entry's base segments.
        case delta = 2
    }

    /// A run of the raw bytes of an earlier entry.
    public struct Segment: Hashable, Sendable {
        /// The index of the earlier entry.
        public var entry: Int
        /// The start of the run in that entry's raw bytes.
        public var offset: Int
        /// The bytes in the run, at least 1.
        public var length: Int

        /// Creates a segment.
        public init(entry: Int, offset: Int, length: Int) {
            self.entry = entry
            self.offset = offset
            self.length = length
        }
    }

    /// One payload and the raw bytes it decodes to.
    public struct Entry: Hashable, Sendable {
        /// The name of the payload in the store.
        public var payload: PayloadID
        /// The bytes of the payload.
        public var payloadLength: Int
        /// The name of the raw bytes.
        public var chunk: ChunkID
        /// The bytes of the chunk.
        public var rawLength: Int
        /// How the payload is decoded.
        public var encoding: Encoding
        /// The distance from the chain's full chunk, in versions; 0 for a payload without a base.
        public var generation: Int
        /// The base, concatenated in this order; empty unless the encoding is `delta`.
        public var base: [Segment]

        /// Creates an entry.
        public init(
            payload: PayloadID, payloadLength: Int, chunk: ChunkID, rawLength: Int, encoding: Encoding,
            generation: Int = 0, base: [Segment] = []
        ) {
            self.payload = payload
            self.payloadLength = payloadLength
            self.chunk = chunk
            self.rawLength = rawLength
            self.encoding = encoding
            self.generation = generation
            self.base = base
        }
    }

    /// The object the manifest rebuilds.
    public var object: ObjectID
    /// The file's tensors; their ranges lie within the file.
    ///
    /// `layout.size` is the object's size.
    public var layout: Layout
    /// All payloads needed, each after the entries of its base.
    public var entries: [Entry]
    /// The chunks of the file in order: the index of the entry of each.
    public var chunks: [Int]

    /// Creates a manifest; call `validate()` on one made from untrusted parts.
    public init(object: ObjectID, layout: Layout, entries: [Entry], chunks: [Int]) {
        self.object = object
        self.layout = layout
        self.entries = entries
        self.chunks = chunks
    }
}
