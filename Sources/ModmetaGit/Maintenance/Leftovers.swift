internal import Glibc
internal import ModmetaSystem

/// What processes that were killed may have left behind.
public enum Leftovers {
    /// A file that was left.
    public struct File: Hashable, Sendable {
        /// Where it is.
        public var path: String
        /// Its size in bytes.
        public var bytes: UInt64
    }

    /// Passing directories of helpers that are not running any more, by their paths.
    public static func scratchDirectories() -> [String] { ScratchDirectory.stale().sorted() }

    /// Locks on refs, `HEAD` and the like in a directory store that are older than some seconds.
    public static func locks(in store: String, olderThan age: Int) -> [String] {
        var found: [String] = []
        for name in SystemCall.names(in: store) where name.hasSuffix(".lock") { found.append("\(store)/\(name)") }
        appendLocks(below: "\(store)/refs", to: &found, depth: 0)
        return found.filter { path in
            status(of: path).map { $0.st_mode & S_IFMT == S_IFREG && time(nil) - $0.st_mtim.tv_sec > age } ?? false
        }.sorted()
    }

    private static func appendLocks(below directory: String, to found: inout [String], depth: Int) {
        for name in SystemCall.names(in: directory) where name != "." && name != ".." && depth < 32 {
            let path = "\(directory)/\(name)"
            if name.hasSuffix(".lock") {
                found.append(path)
            } else if (status(of: path)?.st_mode ?? 0) & S_IFMT == S_IFDIR {
                appendLocks(below: path, to: &found, depth: depth + 1)
            }
        }
    }

    /// The `.keep` files in a directory store of pushes that are over.
    public static func keepFiles(in store: String) -> [String] {
        KeepMark.stale(in: "\(store)/objects/pack").sorted()
    }

    /// The plain files in a directory; none if there is no directory.
    public static func files(in directory: String) -> [File] {
        SystemCall.names(in: directory).sorted().compactMap { name in
            let path = "\(directory)/\(name)"
            guard let status = status(of: path), status.st_mode & S_IFMT == S_IFREG else { return nil }
            return File(path: path, bytes: UInt64(max(0, status.st_size)))
        }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
