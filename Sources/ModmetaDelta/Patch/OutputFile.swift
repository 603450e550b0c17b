import Glibc

/// A file that appears at its path only when it is complete.
///
/// It is written next to its destination under a temporary name; `commit` syncs and renames it, otherwise it is
/// removed.
final class OutputFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    /// The number of bytes appended so far.
    private(set) var count = 0

    init(path: String) throws(DeltaError) {
        self.path = path
        // Another process may write the same file; the last to finish wins.
        temporaryPath = "\(path).\(getpid()).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(temporaryPath) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(DeltaError) {
        try write(bytes, at: count)
        count += bytes.count
    }

    func append(_ bytes: [UInt8]) throws(DeltaError) {
        try bytes.span.bytes.withUnsafeBytes { bytes throws(DeltaError) in try append(bytes) }
    }

    /// Replaces bytes appended earlier.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DeltaError) {
        try bytes.span.bytes.withUnsafeBytes { bytes throws(DeltaError) in try write(bytes, at: offset) }
    }

    /// Moves the file to its path, replacing an existing file.
    func commit() throws(DeltaError) {
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw .writing(path) }
        close(descriptor)
        descriptor = -1
        syncDirectory()
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DeltaError) {
        var done = 0
        while done < bytes.count {
            let result = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw .writing(path) }
            done += result
        }
    }

    /// Makes the rename durable, on a best-effort basis: some file systems cannot sync a directory.
    private func syncDirectory() {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        fsync(handle)
        close(handle)
    }
}
