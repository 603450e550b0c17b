public import ModmetaFormats
internal import ModmetaSystem

/// A Git pack and its index, as a generation of refs names them.
///
/// See docs/formats/store.md, "Generations of refs".
public struct ListedPack: Hashable, Sendable {
    /// A file by its length and content.
    public struct File: Hashable, Sendable {
        /// The length in bytes.
        public var length: UInt64
        /// The SHA-256 of the content.
        public var digest: Digest

        /// Describes a file.
        public init(length: UInt64, digest: Digest) {
            self.length = length
            self.digest = digest
        }
    }

    /// The hash in the names of both files.
    public var name: GitObjectName
    /// The pack; self-contained, as readers of the dumb protocol need it.
    public var pack: File
    /// The index.
    public var index: File

    /// Describes a pack.
    public init(name: GitObjectName, pack: File, index: File) {
        self.name = name
        self.pack = pack
        self.index = index
    }

    /// Where packs lie in a bucket.
    public static let directory = "objects/pack/"
    /// The path of the pack in its bucket.
    public var packPath: String { "\(ListedPack.directory)pack-\(name).pack" }
    /// The path of the index in its bucket.
    public var indexPath: String { "\(ListedPack.directory)pack-\(name).idx" }
}
