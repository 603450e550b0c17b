internal import Glibc

/// What the file system says about a file, without following a symbolic link.
package struct FileStatus: Sendable {
    /// The size in bytes.
    package var size: UInt64
    /// The permission bits, with set-group-id and the like.
    package var mode: UInt32
    /// When the content last changed, in seconds since 1970.
    package var modified: Int64
    /// What kind of file it is.
    package var kind: Kind
    /// The number of the user it belongs to.
    package var owner: UInt32
    /// How many names it has.
    package var links: UInt64
    /// The device and the number of the inode, which together name the file itself.
    package var identity: [UInt64]

    /// The kinds of files that matter to a store.
    package enum Kind: Sendable { case regular, directory, link, other }

    /// Reads the status of what a path names; nil where there is nothing.
    package init?(of path: String) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .failed(to: "look at", path)
        }
        self.init(status)
    }

    init(_ status: stat) {
        size = UInt64(max(0, status.st_size))
        mode = UInt32(status.st_mode) & 0o7777
        modified = Int64(status.st_mtim.tv_sec)
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        owner = status.st_uid
        links = UInt64(status.st_nlink)
        identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
