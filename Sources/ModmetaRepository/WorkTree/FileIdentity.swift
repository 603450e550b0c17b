internal import Glibc

/// Which file is at a path, and in which state.
struct FileIdentity: Hashable {
    private let numbers: [Int]

    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        numbers = [
            Int(truncatingIfNeeded: status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, Int(status.st_size),
        ]
    }
}
