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

    func run() async throws {
        let written = pieces.reduce(0) { $0 + (journal.has($1) ? $1.byteCount : 0) }
        progress(written)
        try await ChunkPipeline(context, progress: progress).run(
            pieces.lazy.filter { !self.journal.has($0) }.map { piece in
                WantedChunk(
                    rebuilder: self.rebuilders[piece.selection], entry: piece.entry,
                    take: { try self.take($0, of: piece) }, byteCount: piece.byteCount)
            }, after: written)
    }

    private func take(_ bytes: [UInt8], of piece: TensorPiece) throws {
        for part in piece.parts {
            try file.write(Array(bytes[part.source..<part.source + part.length]), at: part.target)
        }
        try journal.add(piece, after: file)
    }
}
