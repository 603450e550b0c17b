public import ModmetaFormats

/// The hash of one file.
public enum FileDigest {
    /// The SHA-256 and the size of the file at a path; memory use does not depend on the file.
    ///
    /// - Throws: `SnapshotError` with `file`.
    public static func sha256AndSize(ofFileAt path: String) throws(SnapshotError) -> (Digest, UInt64) {
        let file = try CheckpointFile(path: path)
        let size = file.stamp.size
        return (try file.digest(0..<size), size)
    }

    /// The SHA-256 of the file at a path; memory use does not depend on the file.
    ///
    /// - Parameter progress: receives the bytes hashed so far.
    /// - Throws: `SnapshotError` with `file`.
    public static func sha256(
        ofFileAt path: String, progress: @escaping HashingProgress = { _, _ in }
    ) throws(SnapshotError) -> Digest {
        let file = try CheckpointFile(path: path)
        let size = file.stamp.size
        return try file.digest(0..<size, counting: HashedBytes(of: size, progress))
    }
}
