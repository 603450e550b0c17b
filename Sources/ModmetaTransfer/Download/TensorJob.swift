internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Some chunks on their way out of a store, of each of which only parts are kept.
final class TensorJob: Sendable {
    private let context: TransferContext
    private let rebuilders: [ChunkRebuilder]
    private let file: LocalFile
    private let journal: TensorJournal
    private let progress: @Sendable (UInt64) -> Void
    private let pieces: [TensorPiece]

    init(
        context: TransferContext, pieces: [TensorPiece], rebuilders: [ChunkRebuilder], file: LocalFile,
        journal: TensorJournal, progress: @escaping @Sendable (UInt64) -> Void
    ) {
        self.context = context
        self.pieces = pieces
        self.rebuilders = rebuilders
        self.file = file
        self.journal = journal
        self.progress = progress
    }

    /// Brings the chunks, and compares what lies in the file with what was taken out of them.
    ///
    /// - Throws: `TransferError`, with `changed` if the file has other bytes.
    func run() async throws {
        let written = pieces.reduce(0) { $0 + (journal.digest(of: $1) == nil ? 0 : $1.byteCount) }
        progress(written)
        try await ChunkPipeline(context, progress: progress).run(
            pieces.lazy.filter { self.journal.digest(of: $0) == nil }.map { piece in
                WantedChunk(
                    rebuilder: self.rebuilders[piece.selection], entry: piece.entry,
                    take: { try self.take($0, of: piece) }, byteCount: piece.byteCount)
            }, after: written)
        for piece in pieces { try prove(piece) }
    }

    private func take(_ bytes: [UInt8], of piece: TensorPiece) throws {
        var hash = SHA256()
        for part in piece.parts {
            let run = Array(bytes[part.source..<part.source + part.length])
            try file.write(run, at: part.target)
            hash.update(run)
        }
        try journal.add(piece, hash.finish(), after: file)
    }

    private func prove(_ piece: TensorPiece) throws {
        try Task.checkCancellation()
        var hash = SHA256()
        for part in piece.parts { hash.update(try file.read(at: part.target, count: part.length)) }
        guard hash.finish() == journal.digest(of: piece) else {
            throw TransferError(
                .changed,
                "\(HeldDirectory.shown(file.path)) does not have the bytes that were written to it; check the disk, and give "
                    + "the same command again")
        }
    }
}
