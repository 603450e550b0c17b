/// The hash function that names a Git repository's objects.
public enum GitObjectFormat: String, Hashable, Sendable, CaseIterable {
    /// SHA-1, git's default.
    case sha1
    /// SHA-256.
    case sha256
}
