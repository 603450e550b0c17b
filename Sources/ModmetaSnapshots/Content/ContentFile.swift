internal import ModmetaFormats

/// One file of a checkpoint, as its content hash sees it.
public struct ContentFile: Sendable {
    /// Where the file's bytes are.
    public enum Source: Sendable {
        /// In a file of this path.
        case file(String)
        /// Here.
        case bytes([UInt8])
        /// Nowhere: a symbolic link that leads to no file, and its target.
        case link(String)
    }

    /// The path below the checkpoint's directory, with `/` between its parts.
    public var name: String
    /// Where the bytes are.
    public var source: Source

    /// Creates a file.
    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// Whether the file only says how tensors lie in other files.
    var isShardIndex: Bool { name.hasByteSuffix(".index.json") }

    /// The part of the name before its last slash; empty where there is none.
    var directory: String { name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[..<$0]) } ?? "" }
}
