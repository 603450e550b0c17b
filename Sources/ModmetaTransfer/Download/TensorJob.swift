internal import ModmetaDelta
internal import Synchronization

/// Some chunks on their way out of a store, of each of which only parts are kept.
final class TensorJob: Sendable {
    private let context: TransferContext
    private let rebuilders: [ChunkRebuilder]
    private let file: LocalFile
    private let journal: TensorJournal
    private let progress: @Sendable (UInt64) -> Void
    private let workerCount: Int
    private let queue: Mutex<ArraySlice<TensorPiece>>
    private let done = Mutex<UInt64>(0)

    init(
        context: TransferContext, pieces: [TensorPiece], rebuilders: [ChunkRebuilder], file: LocalFile,
        journal: TensorJournal, progress: @escaping @Sendable (UInt64) -> Void
    ) {
        self.context = context
        self.rebuilders = rebuilders
        self.file = file
        self.journal = journal
        self.progress = progress
        workerCount = max(1, min(context.slots.count, pieces.count))
        queue = Mutex(pieces[...])
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workerCount { group.addTask { try await self.work() } }
            try await group.waitForAll()
        }
    }

    private func work() async throws {
        while true {
            let slot = try await context.slots.acquire()
            try Task.checkCancellation()
            guard let piece = queue.withLock({ $0.popFirst() }) else { return }
            if !journal.has(piece) { try await fetch(piece) }
            _ = consume slot
            progress(
                done.withLock {
                    $0 += piece.byteCount
                    return $0
                })
        }
    }

    private func fetch(_ piece: TensorPiece) async throws {
        let bytes = try await rebuilders[piece.selection].bytes(of: piece.entry, codec: ChunkCodec())
        for part in piece.parts {
            try file.write(Array(bytes[part.source..<part.source + part.length]), at: part.target)
        }
        try journal.add(piece, after: file)
    }
}
