internal import CLinux
internal import Glibc

extension File {
    /// Writes all bytes at an offset.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done..<min(bytes.count, done + File.blockSize)])
            let put = pwrite(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done))
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw .failed(to: "write", path) }
            done += put
        }
    }

    /// Writes all bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        try bytes.span.bytes.withUnsafeBytes { buffer throws(SystemError) in try write(buffer, at: offset) }
    }

    /// Writes bytes behind those that were appended before.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done..<min(bytes.count, done + File.blockSize)])
            let put = Glibc.write(descriptor, part.baseAddress, part.count)
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw .failed(to: "write", path) }
            done += put
        }
    }

    /// Writes bytes behind those that were appended before.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        try bytes.span.bytes.withUnsafeBytes { buffer throws(SystemError) in try append(buffer) }
    }

    /// Appends the first `size` bytes of another file.
    ///
    /// - Throws: `.truncated` or `.changed` if that file does not hold exactly `size` bytes any more.
    package func append(contentsOf source: File, size: UInt64) throws(SystemError) {
        var done: UInt64 = 0
        // Inside the kernel, and shared instead of copied, where both files lie on a file system that can.
        while done < size {
            var offset = Int64(done)
            let copied = copy_file_range(
                source.descriptor, &offset, descriptor, nil, Int(min(size - done, 1 << 30)), 0)
            if copied < 0 && errno == EINTR { continue }
            if copied < 0 && (errno == ENOSPC || errno == EDQUOT) { throw .failed(to: "write", path) }
            // Any other refusal, and the 0 some file systems answer instead of one, is left to the plain copy.
            guard copied > 0 else { break }
            done += UInt64(copied)
        }
        while done < size {
            let block = try source.read(at: done, count: Int(min(size - done, UInt64(File.blockSize))))
            try append(block)
            done += UInt64(block.count)
        }
        guard try source.status().size == size else {
            throw SystemError(.changed, to: "copy", source.path, "it changed meanwhile")
        }
    }
}
