internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// A regular file opened for reading, or for reading and writing, at explicit offsets.
final class LocalFile: Sendable {
    let path: String
    let descriptor: CInt
    /// The size in bytes when the file was opened.
    let size: UInt64

    /// Opens an existing file for reading, or returns nil if there is none.
    convenience init?(readingIfPresent path: String) throws {
        let descriptor = RegularFile.open(path, O_RDONLY)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Opens an existing file for reading.
    convenience init(reading path: String) throws {
        try self.init(descriptor: RegularFile.open(path, O_RDONLY), path: path)
    }

    /// Opens or creates a file for reading and writing; a symbolic link in its place is an error.
    convenience init(updating path: String) throws {
        try self.init(descriptor: RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW), path: path)
    }

    private init(descriptor: CInt, path: String) throws {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = RegularFile.reason()
            if descriptor >= 0 { close(descriptor) }
            throw TransferError(.local, "cannot open \(HeldDirectory.shown(path)): \(reason)")
        }
        self.path = path
        self.descriptor = descriptor
        size = UInt64(status.st_size)
    }

    deinit { closeLocked(descriptor) }

    /// Takes the file for this process alone; false if another process has it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Reads exactly `count` bytes from an offset.
    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: offset)
            initialized = count
        }
    }

    /// Reads exactly `count` bytes from an offset in the place of what an array holds.
    ///
    /// Where nobody else has the array its memory serves again, which spares the system the work of clearing new pages.
    func read(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws {
        guard bytes.capacity >= count else {
            bytes = try read(at: offset, count: count)
            return
        }
        if bytes.count > count {
            bytes.removeLast(bytes.count - count)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        }
        try bytes.withUnsafeMutableBytes { try fill($0, at: offset) }
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + done)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                let reason = got == 0 ? "it ended early" : String(cString: strerror(errno))
                throw TransferError(.local, "cannot read \(HeldDirectory.shown(path)) at byte \(offset): \(reason)")
            }
            done += got
        }
    }

    /// Writes all bytes at an offset.
    func write(_ bytes: [UInt8], at offset: UInt64) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = pwrite(
                    descriptor, buffer.baseAddress! + written, buffer.count - written, off_t(offset) + written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    throw TransferError(
                        .local,
                        "cannot write \(HeldDirectory.shown(path)): \(String(cString: strerror(errno))); free space and try again"
                    )
                }
                written += count
            }
        }
    }

    /// Makes the file exactly this long.
    func truncate(to size: UInt64) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw TransferError(
                .local,
                "cannot make \(HeldDirectory.shown(path)) \(size) bytes long: \(String(cString: strerror(errno)))")
        }
    }
}
