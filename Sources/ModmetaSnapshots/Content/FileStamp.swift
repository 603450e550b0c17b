internal import Glibc

/// The properties that change when a file is written to: its size, its times and its identity.
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

    /// The stamp as text without tabs.
    var text: String { ([size] + file).map { "\($0)" }.joined(separator: " ") + modified.map { " \($0)" }.joined() }

    /// Whether the last change is so long ago that another one would have another stamp.
    var isSettled: Bool {
        let now = time(nil)
        return modified[0] < now - 2 && modified[2] < now - 2
    }

    private init(_ status: stat) {
        size = UInt64(status.st_size)
        modified = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
        file = [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
