internal import Synchronization

/// Some chunks on their way out of a store, of each of which only parts are kept.
final class TensorJob: Sendable {
    private let context: TransferContext
    private let rebuilders: [ChunkRebuilder]
    private let file: LocalFile
    private let journal: TensorJournal
    private let progress: @Sendable (UInt64) -> Void
    private let pieces: [TensorPiece]
    private let done = Mutex<UInt64>(0)

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
        for piece in pieces where journal.has(piece) { note(piece) }
        try await ChunkPipeline(context).run(
            pieces.lazy.filter { !self.journal.has($0) }.map { piece in
                WantedChunk(
                    rebuilder: self.rebuilders[piece.selection], entry: piece.entry, isThere: nil,
                    take: { try self.take($0, of: piece) }, isDone: { self.note(piece) })
            })
    }

    private func take(_ bytes: [UInt8], of piece: TensorPiece) throws {
        for part in piece.parts {
            try file.write(Array(bytes[part.source..<part.source + part.length]), at: part.target)
        }
        try journal.add(piece, after: file)
    }

    private func note(_ piece: TensorPiece) {
        let sum = done.withLock { done in
            done += piece.byteCount
            return done
        }
        progress(sum)
    }
}
