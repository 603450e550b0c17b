public import ModmetaFormats

/// The place of an object in a store: a relative path that cannot leave the store.
///
/// Keys are made only from typed names, so no key from outside ever holds `..` or an absolute path.
public struct ObjectKey: Hashable, Comparable, Sendable {
    /// The path relative to the store's root, with `/` between its parts.
    public let path: String

    private init(path: String) { self.path = path }

    /// A whole LFS object, where stock git-lfs looks for it.
    public static func object(_ id: ObjectID) -> ObjectKey { lfsObject(id.hex) }

    /// A payload; payloads live beside whole objects, as each is named by its own bytes.
    public static func payload(_ id: PayloadID) -> ObjectKey { lfsObject(id.hex) }

    /// A chunk's raw bytes, which stand in for a payload that is lost or damaged.
    public static func standIn(_ id: ChunkID) -> ObjectKey { lfsObject(id.hex) }

    /// The manifest of an LFS object.
    public static func manifest(_ id: ObjectID) -> ObjectKey {
        ObjectKey(path: "modmeta/manifests/\(id.hex.prefix(2))/\(id.hex.dropFirst(2).prefix(2))/\(id.hex)")
    }

    /// A sketch in the similarity index, named by the SHA-256 of its bytes.
    public static func sketch(_ digest: Digest) -> ObjectKey { ObjectKey(path: "modmeta/index/\(digest.hex)") }

    /// A list of condemned objects, named by the SHA-256 of its bytes.
    public static func condemned(_ digest: Digest) -> ObjectKey {
        ObjectKey(path: "modmeta/condemned/\(digest.hex)")
    }

    /// The store's format document.
    public static let format = ObjectKey(path: "modmeta/format")

    private static func lfsObject(_ hex: String) -> ObjectKey {
        ObjectKey(path: "lfs/objects/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)")
    }

    /// Orders keys by their paths.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool { left.path < right.path }
}

/// A family of objects that can be listed.
public enum ObjectFamily: Sendable, CaseIterable {
    /// Whole LFS objects and payloads.
    case objects
    /// Manifests.
    case manifests
    /// Sketches of the similarity index.
    case sketches
}
