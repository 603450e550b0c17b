internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// Which chunks of a file of tensors are written, so that an interrupted fetch goes on where it was.
///
/// The first line is the SHA-256 of the file's header: a journal of another selection is started anew. A line is added
/// only after the bytes it stands for are on the disk, and has their SHA-256, by which they are known again.
final class TensorJournal: Sendable {
    private let path: String
    private let descriptor: CInt
    private let done: Mutex<[String: Digest]>

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
        var done: [String: Digest] = [:]
        for line in isSame ? known.dropFirst() : [] {
            let words = line.split(separator: " ")
            if words.count == 3, let digest = Digest(hex: words[2]) { done["\(words[0]) \(words[1])"] = digest }
        }
        self.done = Mutex(done)
        descriptor = RegularFile.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw TransferError(.local, "cannot write \(HeldDirectory.shown(path)): \(RegularFile.reason())")
        }
        let lines = done.map { "\($0.key) \($0.value)" }.sorted()
        try append(([title] + lines).map { "\($0)\n" }.joined())
    }

    deinit { close(descriptor) }

    /// The SHA-256 of the parts of a chunk that were written; nil if they were not.
    func digest(of piece: TensorPiece) -> Digest? { done.withLock { $0[TensorJournal.key(piece)] } }

    /// Notes a chunk whose bytes were written to a file.
    ///
    /// - Parameter digest: the SHA-256 of its parts.
    func add(_ piece: TensorPiece, _ digest: Digest, after file: LocalFile) throws {
        guard fdatasync(file.descriptor) == 0 else {
            throw TransferError(
                .local, "cannot write \(HeldDirectory.shown(file.path)): \(String(cString: strerror(errno)))")
        }
        try done.withLock { done in
            done[TensorJournal.key(piece)] = digest
            try append("\(TensorJournal.key(piece)) \(digest)\n")
        }
    }

    func remove() { unlink(path) }

    private static func key(_ piece: TensorPiece) -> String { "\(piece.selection) \(piece.entry)" }

    private func append(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw TransferError(
                .local, "cannot write \(HeldDirectory.shown(path)): \(String(cString: strerror(errno)))")
        }
    }
}
