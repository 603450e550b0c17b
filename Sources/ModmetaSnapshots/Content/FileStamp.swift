internal import Glibc

/// What changes when a file is written to: its size, its times, and which file it is.
struct FileStamp: Hashable, Sendable {
    /// The size in bytes.
    let size: UInt64
    private let modified: [Int]
    private let file: [UInt64]

    init?(descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            errno = EISDIR
            return nil
        }
        self.init(status)
    }

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        size = UInt64(status.st_size)
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        file = [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
