internal import Glibc

extension File {
    /// Fills a buffer with the bytes from an offset on; all of them must be there.
    ///
    /// - Throws: `.truncated` if the file ends before.
    package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let got = pread(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .failed(to: "read", path) }
            guard got > 0 else {
                throw SystemError(
                    .truncated, to: "read", path,
                    "it ends at byte \(offset + UInt64(done)), before what is wanted")
            }
            done += got
        }
    }

    /// Reads exactly `count` bytes; the caller has bounded `count` by the file's size.
    ///
    /// - Throws: `.truncated` if the file ends before.
    package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        try [UInt8](count: count) { buffer throws(SystemError) in try read(at: offset, into: buffer) }
    }

    /// Reads exactly `count` bytes in the place of what an array holds.
    ///
    /// Where nobody else has the array its memory serves again, which spares the system the work of clearing new pages.
    package func read(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws(SystemError) {
        guard bytes.capacity >= count else {
            bytes = try read(at: offset, count: count)
            return
        }
        if bytes.count > count {
            bytes.removeLast(bytes.count - count)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        }
        var span = bytes.mutableSpan
        try span.withUnsafeMutableBytes { buffer throws(SystemError) in try read(at: offset, into: buffer) }
    }

    /// Gives the content block by block to a closure.
    package func forEachBlock(_ body: (UnsafeRawBufferPointer) -> Void) throws(SystemError) {
        let size = try status().size
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(size, UInt64(File.blockSize))), alignment: 64)
        defer { block.deallocate() }
        var offset: UInt64 = 0
        while offset < size {
            let part = UnsafeMutableRawBufferPointer(rebasing: block[..<Int(min(size - offset, UInt64(block.count)))])
            try read(at: offset, into: part)
            body(UnsafeRawBufferPointer(part))
            offset += UInt64(part.count)
        }
    }
}

extension [UInt8] {
    /// An array of bytes that a function fills, which must not leave any out.
    package init<Failure: Error>(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var failure: Failure?
        self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(Failure) {
                try fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
