/// How far a collection has come.
public enum CollectionProgress: Hashable, Sendable {
    /// So many manifests and sketches were looked at, of so many that are known of.
    case surveyed(Int, of: Int)
    /// So many objects were deleted, of so many.
    case deleted(Int, of: Int)
}
