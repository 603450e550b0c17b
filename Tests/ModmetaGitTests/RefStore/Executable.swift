import Glibc
import ModmetaStore

/// Makes a file executable.
func makeExecutable(_ path: String) throws {
    guard chmod(path, 0o755) == 0 else { throw StoreError.failed(to: "change", path) }
}
