internal import Glibc
internal import ModmetaSystem

/// Paths of a work tree as a repository names them.
package enum RepositoryPath {
    /// An existing path, absolute and without symbolic links.
    package static func resolved(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else {
            throw RepositoryError(kind: .input, message: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A path relative to the top, `.` for the top itself; nil where it lies outside.
    package static func relative(_ path: String, to top: String) throws -> String? {
        let (path, top) = (try resolved(path), try resolved(top))
        if path == top { return "." }
        return path.hasPrefix("\(top)/") ? String(path.dropFirst(top.count + 1)) : nil
    }

    /// Whether the path is a symbolic link, which git would keep instead of the file.
    package static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
