internal import ModmetaFormats

/// One file of a checkpoint, as input for the content hash.
public struct ContentFile: Sendable {
    /// The location of the file's bytes.
    public enum Source: Sendable {
        /// In the file at this path.
        case file(String)
        /// In memory.
        case bytes([UInt8])
        /// A broken symbolic link, and its target.
        case link(String)
    }

    /// The path below the checkpoint's directory, separated by `/`.
    public var name: String
    /// The location of the bytes.
    public var source: Source

    /// Creates a file.
    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// Whether the file is an index of shards, which contains no tensors of its own.
    var isShardIndex: Bool { name.hasByteSuffix(".index.json") }

    /// The part of the name before the last slash; empty if it has none.
    var directory: String { name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[..<$0]) } ?? "" }
}
