internal import ModmetaStore

/// The body of a request, read from start to end, and again from where it is told.
struct UploadSource: ~Copyable {
    private let body: HTTPRequest.Body
    private var file: UploadedFile?
    private var position: UInt64 = 0

    init(_ body: HTTPRequest.Body) { self.body = body }

    /// Opens the file, where the body is in one.
    mutating func open() throws {
        if case .file(let path, _) = body { file = try UploadedFile(path) }
    }

    /// The bytes of the body; nil where there is none at all.
    var size: UInt64? {
        switch body {
        case .none: nil
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(_, let range): UInt64(range.count)
        }
    }

    /// Copies the next bytes; 0 at the end.
    ///
    /// - Throws: `.corrupt` if the file has become shorter.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = Int(min(UInt64(buffer.count), (size ?? 0) - position))
        guard count > 0 else { return 0 }
        switch body {
        case .none: break
        case .bytes(let bytes):
            buffer.copyBytes(from: bytes[Int(position)..<Int(position) + count])
        case .file(let path, let range):
            let start = range.lowerBound + position
            guard let bytes = try file?.read(start..<start + UInt64(count)) else {
                throw StoreError(.system, "\(path) was closed while it was sent")
            }
            buffer.copyBytes(from: bytes)
        }
        position += UInt64(count)
        return count
    }

    /// Goes on from another place of the body; false if there is no such place.
    mutating func seek(to offset: UInt64) -> Bool {
        guard offset <= size ?? 0 else { return false }
        position = offset
        return true
    }
}
