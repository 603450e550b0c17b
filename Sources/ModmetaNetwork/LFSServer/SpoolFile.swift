internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// A file without a name that holds what a server sent; the kernel frees it with its last user, or with the process.
final class SpoolFile: Sendable {
    let descriptor: CInt

    /// Creates an empty file.
    ///
    /// - Parameter directory: where; it is made if it is missing, its parent must be there.
    init(in directory: String) throws {
        _ = try StoreError.fromSystem { try DirectoryPath(directory).make(mode: 0o700) }
        let path = "\(directory)/\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        guard descriptor >= 0 else { throw StoreError.failed(to: "create", path) }
        _ = unlink(path)
    }

    deinit { _ = close(descriptor) }

    /// Reads exactly `count` bytes.
    ///
    /// - Throws: `.corrupt` if the file ends before.
    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = pread(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw StoreError.failed(to: "read", "a spooled object") }
                guard got > 0 else {
                    throw StoreError(.corrupt, "the server sent \(offset + UInt64(filled)) bytes of an object, too few")
                }
                filled += got
            }
        }
    }

    /// The number of bytes in the file.
    func size() throws -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.failed(to: "look at", "a spooled object") }
        return UInt64(max(0, status.st_size))
    }

    /// The SHA-256 of the content.
    func hash() throws -> Digest {
        let size = try size()
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < size {
            let block = try read(at: offset, count: Int(min(size - offset, UInt64(File.blockSize))))
            hash.update(block)
            offset += UInt64(block.count)
        }
        return hash.finish()
    }
}
