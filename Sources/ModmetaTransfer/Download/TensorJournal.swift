internal import Glibc
internal import ModmetaFormats
internal import Synchronization

/// Which chunks of a file of tensors are written, so that an interrupted fetch goes on where it was.
///
/// The first line is the SHA-256 of the file's header: a journal of another selection is started anew. A line is added
/// only after the bytes it stands for are on the disk.
final class TensorJournal: Sendable {
    private let path: String
    private let descriptor: CInt
    private let done: Set<String>
    private let lock = Mutex(())

    init(path: String, header: [UInt8]) throws {
        self.path = path
        let title = SHA256.hash(header).hex
        var known: [Substring] = []
        if let file = try LocalFile(readingIfPresent: path), file.size <= 64 << 20 {
            let text = String(decoding: try file.read(at: 0, count: Int(file.size)), as: UTF8.self)
            // What comes after the last newline was torn off.
            known = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }
        let isSame = known.first.map(String.init) == title
        done = isSame ? Set(known.dropFirst().map(String.init)) : []
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw TransferError(.local, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        try append(([title] + done.sorted()).map { "\($0)\n" }.joined())
    }

    deinit { close(descriptor) }

    func has(_ piece: TensorPiece) -> Bool { done.contains(TensorJournal.line(piece)) }

    /// Notes a chunk whose bytes were written to a file.
    func add(_ piece: TensorPiece, after file: LocalFile) throws {
        guard fdatasync(file.descriptor) == 0 else {
            throw TransferError(.local, "cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
        try lock.withLock { _ in try append(TensorJournal.line(piece) + "\n") }
    }

    func remove() { unlink(path) }

    private static func line(_ piece: TensorPiece) -> String { "\(piece.selection) \(piece.entry)" }

    private func append(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw TransferError(.local, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
