internal import Glibc

/// A directory on disk, by its absolute path.
package struct DirectoryPath: Sendable {
    /// The path.
    package let path: String

    /// Names a directory; nothing is looked up.
    package init(_ path: String) { self.path = path }

    /// Creates the directory.
    ///
    /// - Returns: false if there was one already.
    /// - Throws: `.missing` if its parent is absent.
    package func make(mode: UInt32 = 0o777) throws(SystemError) -> Bool {
        if mkdir(path, mode_t(mode)) == 0 { return true }
        guard errno == EEXIST else { throw .failed(to: "create the directory", path) }
        return false
    }

    /// Sets the permission bits, whatever the umask is.
    package func setMode(_ mode: UInt32) throws(SystemError) {
        guard chmod(path, mode_t(mode)) == 0 else { throw .failed(to: "set the permissions of", path) }
    }

    /// Returns once the names in the directory are on the disk.
    package func sync() throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(to: "open the directory", path) }
        defer { _ = close(descriptor) }
        // EINVAL: a file system without this notion, which then has no weaker promise to strengthen.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .failed(to: "write the directory", path)
        }
    }

    /// The names in the directory in no particular order, without `.` and `..`; nil where there is no directory.
    package func names() throws(SystemError) -> [String]? {
        try nameBytes().map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The names in the directory, as the bytes they are made of; nil where there is no directory.
    package func nameBytes() throws(SystemError) -> [[UInt8]]? {
        guard let stream = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .failed(to: "list", path)
        }
        guard let names = DirectoryStream.names(consuming: stream) else { throw .failed(to: "list", path) }
        return names
    }

    /// Deletes the directory and all it holds; links in it are not followed, and what cannot be deleted stays.
    package func removeTree() {
        if let held = try? HeldDirectory(opening: path) { held.removeContent() }
        _ = rmdir(path)
    }
}
