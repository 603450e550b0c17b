internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// A directory of its own for a test, deleted with all it holds when nothing refers to it any more.
public final class TemporaryDirectory: Sendable {
    /// The directory's absolute path, without symbolic links.
    public let path: String

    /// Creates an empty directory, below `TMPDIR` where that is set.
    public init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        guard let resolved = realpath(base, nil) else {
            throw StoreError(.missing, "there is no directory \(base) for temporary files; set TMPDIR to one")
        }
        defer { free(resolved) }
        path = "\(String(cString: resolved))/modmeta-test-\(UInt64.random(in: .min ... .max))"
        _ = try DirectoryPath(path).make(mode: 0o700)
    }

    deinit { DirectoryPath(path).removeTree() }

    /// The path of a file or directory in it.
    public func path(_ name: String) -> String { "\(path)/\(name)" }
}
