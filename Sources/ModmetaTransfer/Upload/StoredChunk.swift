internal import ModmetaFormats

/// How one chunk of an object under way is kept in the store.
enum ChunkOutcome: Sendable {
    /// An entry of the bases has the same raw bytes.
    case reused(entry: Int)
    /// An earlier chunk of the same file has the same raw bytes.
    case repeated(index: Int)
    /// A payload of its own.
    case stored(StoredChunk)
}

/// A chunk whose payload the store has acknowledged.
struct StoredChunk: Sendable {
    var chunk: ChunkID
    var rawLength: Int
    var payload: PayloadID
    var payloadLength: Int
    var encoding: Manifest.Encoding
    var generation: Int
    /// The runs of the bases' entries it is coded against.
    var segments: [Manifest.Segment]
}
