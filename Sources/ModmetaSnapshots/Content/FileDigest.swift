public import ModmetaFormats

/// The hash of one file.
public enum FileDigest {
    /// The SHA-256 of the file at a path; memory does not grow with the file.
    ///
    /// - Throws: `SnapshotError` with `file`.
    public static func sha256(ofFileAt path: String) throws(SnapshotError) -> Digest {
        let file = try CheckpointFile(path: path)
        return try file.digest(0..<file.stamp.size)
    }
}
