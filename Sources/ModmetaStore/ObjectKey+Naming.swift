public import ModmetaFormats

extension ObjectKey {
    /// The digest the object's bytes must have; nil for a manifest and the format document, named otherwise.
    public var contentDigest: Digest? {
        let families = ["lfs/objects/", "modmeta/index/", "modmeta/condemned/"]
        guard families.contains(where: path.hasPrefix) else { return nil }
        return Digest(hex: path.suffix(2 * Digest.byteCount))
    }
}

extension ObjectFamily {
    /// The key of the member that a listing gave with this digest.
    public func key(_ digest: Digest) -> ObjectKey {
        switch self {
        case .objects: .object(ObjectID(digest))
        case .manifests: .manifest(ObjectID(digest))
        case .sketches: .sketch(digest)
        }
    }
}
