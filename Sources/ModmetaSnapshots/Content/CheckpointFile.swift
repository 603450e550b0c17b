internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// A file of a checkpoint, opened for reading at explicit offsets.
final class CheckpointFile: Sendable {
    private let path: String
    private let descriptor: CInt
    /// What tells that the file was changed.
    let stamp: FileStamp

    convenience init(path: String) throws(SnapshotError) {
        try self.init(opened: RegularFile.open(path, O_RDONLY), path: path)
    }

    private init(opened: CInt, path: String) throws(SnapshotError) {
        descriptor = opened
        self.path = path
        guard descriptor >= 0, let stamp = FileStamp(descriptor: descriptor) else {
            let reason = RegularFile.reason()
            if descriptor >= 0 { close(descriptor) }
            throw SnapshotError(.file, "cannot read \(path): \(reason)")
        }
        self.stamp = stamp
    }

    deinit { close(descriptor) }

    /// Reads the whole of a file that is expected to be small; below `.modmeta` no link is followed.
    static func bytes(of path: String, limit: Int = DocumentLimits.byteCount) throws(SnapshotError) -> [UInt8] {
        let file = try CheckpointFile(opened: RegularFile.openCommitted(path, O_RDONLY), path: path)
        guard file.stamp.size <= UInt64(limit) else {
            throw SnapshotError(.file, "\(path) is longer than \(limit) bytes, so it is not what it is given as")
        }
        return try file.bytes(0..<file.stamp.size)
    }

    /// Reads a range of bytes that is known to fit into memory.
    func bytes(_ range: Range<UInt64>) throws(SnapshotError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try read(range) { bytes += $0 }
        return bytes
    }

    /// The SHA-256 of a range of bytes; memory does not grow with the range.
    func digest(_ range: Range<UInt64>, counting count: HashedBytes? = nil) throws(SnapshotError) -> Digest {
        var hash = SHA256()
        try read(range) { block in
            hash.update(block)
            count?.add(block.count)
        }
        return hash.finish()
    }

    /// Gives the bytes of a range to a function, block by block.
    func read(
        _ range: Range<UInt64>, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(SnapshotError) {
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(1 << 20, UInt64(range.count))), alignment: 64)
        defer { block.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = Int(min(UInt64(block.count), range.upperBound - offset))
            let count = pread(descriptor, block.baseAddress, wanted, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = count == 0 ? "it ended early" : String(cString: strerror(errno))
                throw SnapshotError(.file, "cannot read \(path) at byte \(offset): \(reason)")
            }
            body(UnsafeRawBufferPointer(rebasing: block[..<count]))
            offset += UInt64(count)
        }
    }
}
