import Glibc
import ModmetaFormats

/// A file open for reading at any position; owns its descriptor.
final class InputFile: Sendable {
    let path: String
    /// The size in bytes when the file was opened.
    let size: Int
    private let descriptor: Int32

    init(path: String) throws(DeltaError) {
        // O_NONBLOCK: a pipe at this path must not block.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.path = path
        guard descriptor >= 0 else {
            size = 0
            throw .reading(path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            size = 0
            throw .reading(path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            size = 0
            throw DeltaError(.fileSystem, "\(path) is not a regular file")
        }
        size = Int(status.st_size)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Fills the buffer with the bytes at `offset`; throws `malformed` if the file ends first.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DeltaError) {
        var done = 0
        while done < buffer.count {
            let result = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done)
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw .reading(path) }
            guard result > 0 else {
                throw DeltaError(.malformed, "\(path) is shorter than expected", offset: offset + done)
            }
            done += result
        }
    }

    /// The SHA-256 of the whole file.
    func digest() throws(DeltaError) -> Digest {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var done = 0
        while done < size {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<min(buffer.count, size - done)])
            try read(at: done, into: part)
            hash.update(UnsafeRawBufferPointer(part))
            done += part.count
        }
        return hash.finish()
    }
}

extension DeltaError {
    /// The error for a failed read, from `errno`.
    static func reading(_ path: String) -> DeltaError {
        DeltaError(.fileSystem, "could not read \(path): \(String(cString: strerror(errno)))")
    }

    /// The error for a failed write, from `errno`.
    static func writing(_ path: String) -> DeltaError {
        DeltaError(.fileSystem, "could not write \(path): \(String(cString: strerror(errno)))")
    }
}
