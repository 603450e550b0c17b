internal import CLinux
internal import Glibc
package import ModmetaFormats

/// A regular file opened by one owner, and closed with it.
package struct OpenFile: ~Copyable {
    /// The most bytes one system call moves.
    package static let blockSize = 1 << 20

    package let path: String
    private let descriptor: CInt

    private init(owning descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a regular file of a store for reading.
    ///
    /// - Throws: `.missing` where there is none, `.corrupt` where a symbolic link or another kind of file has its place.
    static func reading(_ path: String) throws -> OpenFile {
        let file = OpenFile(owning: RegularFile.open(path, O_RDONLY | O_NOFOLLOW), path: path)
        guard file.descriptor >= 0 else {
            if errno == ENXIO { throw StoreError(.corrupt, "\(path) is not a regular file") }
            throw StoreError.failed(to: "open", path)
        }
        return file
    }

    /// Opens a regular file outside a store for reading; here a symbolic link is followed.
    package static func importing(_ path: String) throws -> OpenFile {
        let file = OpenFile(owning: RegularFile.open(path, O_RDONLY), path: path)
        guard file.descriptor >= 0 else {
            if errno == ENXIO {
                throw StoreError(.unsupported, "\(path) is not a regular file; only regular files can be stored")
            }
            throw StoreError.failed(to: "open", path)
        }
        return file
    }

    /// Creates a file for writing and reading; it is an error if there is one.
    package static func creating(_ path: String, mode: UInt32) throws -> OpenFile {
        let descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        guard descriptor >= 0 else { throw StoreError.failed(to: "create", path) }
        return OpenFile(owning: descriptor, path: path)
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Returns the file's status.
    package func status() throws -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.failed(to: "look at", path) }
        return FileStatus(status)
    }

    /// Sets the permission bits, whatever the umask is.
    func setMode(_ mode: UInt32) throws {
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw StoreError.failed(to: "set the permissions of", path) }
    }

    /// Returns once the content is on the disk.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw StoreError.failed(to: "write", path) }
    }

    /// Reads exactly `count` bytes; the caller has bounded `count` by the file's size.
    ///
    /// - Throws: `.corrupt` if the file ends before.
    package func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = pread(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw StoreError.failed(to: "read", path) }
                guard got > 0 else {
                    throw StoreError(.corrupt, "\(path) ends at byte \(offset + UInt64(filled)), before what is wanted")
                }
                filled += got
            }
        }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let part = UnsafeRawBufferPointer(rebasing: buffer[done..<min(buffer.count, done + OpenFile.blockSize)])
                let put = Glibc.write(descriptor, part.baseAddress, part.count)
                if put < 0 && errno == EINTR { continue }
                guard put > 0 else { throw StoreError.failed(to: "write", path) }
                done += put
            }
        }
    }

    /// Appends the first `size` bytes of another file.
    ///
    /// - Throws: `.corrupt` if that file does not hold exactly `size` bytes any more.
    func append(contentsOf source: borrowing OpenFile, size: UInt64) throws {
        var done: UInt64 = 0
        // Inside the kernel, and shared instead of copied, where both files lie on a file system that can.
        while done < size {
            var offset = Int64(done)
            let copied = copy_file_range(
                source.descriptor, &offset, descriptor, nil, Int(min(size - done, 1 << 30)), 0)
            if copied < 0 && errno == EINTR { continue }
            if copied < 0 && (errno == ENOSPC || errno == EDQUOT) { throw StoreError.failed(to: "write", path) }
            // Any other refusal, and the 0 some file systems answer instead of one, is left to the plain copy.
            guard copied > 0 else { break }
            done += UInt64(copied)
        }
        while done < size {
            let block = try source.read(at: done, count: Int(min(size - done, UInt64(OpenFile.blockSize))))
            try write(block)
            done += UInt64(block.count)
        }
        guard try source.status().size == size else {
            throw StoreError(.corrupt, "\(source.path) changed while it was stored; give the same command again")
        }
    }

    /// Returns the SHA-256 of the content.
    package func hash() throws -> Digest {
        let size = try status().size
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < size {
            let block = try read(at: offset, count: Int(min(size - offset, UInt64(OpenFile.blockSize))))
            hash.update(block)
            offset += UInt64(block.count)
        }
        return hash.finish()
    }
}
