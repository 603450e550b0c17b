internal import Glibc
internal import ModmetaFormats

extension ListedPack.File {
    /// Describes a file on this machine, reading all of it.
    init(of path: String) throws {
        let file = try SystemCall.OwnedFile(path)
        var hash = SHA256()
        var length: UInt64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(file.descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw RemoteHelperError(.system, "cannot read \(path): \(SystemCall.reason())") }
            if count == 0 { break }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            length += UInt64(count)
        }
        self.init(length: length, digest: hash.finish())
    }
}
