internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// The file a download is gathered in; it stays where it is when the download is interrupted.
///
/// While the value is kept no other process uses the file, so it is kept until the file has been moved away.
public struct PartialFile: Sendable {
    /// How long an abandoned partial file is kept, in seconds.
    private static let age = 14 * 86_400

    let file: LocalFile

    /// Where the file is.
    public var path: String { file.path }

    /// Opens the partial file of an object, taking over what an interrupted download left.
    ///
    /// Where another process is downloading the same object, a file of its own is used.
    init(object: ObjectID, directory: String) throws {
        try PartialFile.create(directory)
        let shared = try LocalFile(updating: "\(directory)/\(object)")
        if shared.lock(), PartialFile.isStill(shared) {
            file = shared
        } else {
            file = try LocalFile(updating: "\(directory)/\(object)-\(getpid())")
        }
    }

    /// Whether the file we locked is the one the name leads to, and not one that was moved away meanwhile.
    private static func isStill(_ file: LocalFile) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(file.descriptor, &opened) == 0 && stat(file.path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// Makes a directory and those above it.
    static func create(_ directory: String) throws {
        if mkdir(directory, 0o777) == 0 || errno == EEXIST { return }
        let parent = directory.split(separator: "/").dropLast().joined(separator: "/")
        if errno == ENOENT, !parent.isEmpty {
            try create("/" + parent)
            if mkdir(directory, 0o777) == 0 || errno == EEXIST { return }
        }
        throw TransferError(
            .local, "cannot create \(HeldDirectory.shown(directory)): \(String(cString: strerror(errno)))")
    }

    /// Removes partial files nobody came back for.
    public static func sweep(_ directory: String) {
        guard let stream = opendir(directory) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            let path = "\(directory)/\(name)"
            guard !name.hasPrefix("."), lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_mtim.tv_sec < time(nil) - age
            else { continue }
            unlink(path)
        }
    }
}
