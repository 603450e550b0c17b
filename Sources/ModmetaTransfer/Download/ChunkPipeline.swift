internal import Synchronization

/// A chunk that is to be where it belongs.
struct WantedChunk: Sendable {
    /// Who rebuilds it, and by which entry.
    var rebuilder: ChunkRebuilder
    var entry: Int
    /// Whether an earlier attempt left it there, asked under a work slot; nil where it surely did not.
    var isThere: (@Sendable () throws -> Bool)?
    /// Puts its bytes there; called under a work slot.
    var take: @Sendable ([UInt8]) throws -> Void
    /// Called once it is there, in whichever way.
    var isDone: @Sendable () async throws -> Void = {}
    /// How many of the bytes that are wanted it stands for.
    var byteCount: UInt64
}

/// Rebuilds chunks in the order they are wanted, while payloads of those behind are on their way.
///
/// Chunks that wait for the network have places in the receiving window, which bound their payloads' memory; those that are
/// decoded have work slots, which bound everything else.
struct ChunkPipeline: Sendable {
    private let context: TransferContext
    private let codecs: CodecPool
    private let progress: @Sendable (UInt64) -> Void

    /// - Parameter progress: receives how many bytes are where they belong.
    init(_ context: TransferContext, progress: @escaping @Sendable (UInt64) -> Void) {
        self.context = context
        self.progress = progress
        codecs = CodecPool(context.slots, clock: context.clock)
    }

    /// Rebuilds every chunk.
    ///
    /// Where one fails no more are begun; those under way are brought to their places, so that they need not be sent again.
    ///
    /// - Parameter before: how many bytes were there before.
    /// - Throws: the first error.
    func run(_ wanted: some Sequence<WantedChunk>, after before: UInt64 = 0) async throws {
        let failure = FirstFailure()
        let done = Done(before)
        try await withThrowingDiscardingTaskGroup { group in
            for chunk in wanted {
                guard failure.error == nil else { return }
                let missing = chunk.rebuilder.missingPayloads(for: chunk.entry)
                let passage = try await context.receiving.enter(chunk.rebuilder.payloadLength(of: missing))
                group.addTask {
                    do {
                        try await rebuild(chunk, missing: missing, passage: passage)
                        progress(done.adding(chunk.byteCount))
                    } catch {
                        failure.note(error)
                    }
                }
            }
        }
        if let error = failure.error { throw error }
    }

    /// The bytes that are where they belong.
    private final class Done: Sendable {
        private let sum: Mutex<UInt64>

        init(_ before: UInt64) { sum = Mutex(before) }

        func adding(_ count: UInt64) -> UInt64 {
            sum.withLock { sum in
                sum += count
                return sum
            }
        }
    }

    /// The first of several errors.
    private final class FirstFailure: Sendable {
        private let first = Mutex<(any Error)?>(nil)

        var error: (any Error)? { first.withLock { $0 } }

        func note(_ error: any Error) { first.withLock { $0 = $0 ?? error } }
    }

    private func rebuild(_ chunk: WantedChunk, missing: Set<Int>, passage: Passage) async throws {
        if try await !isThere(chunk) {
            let fetched = try await fetch(missing, for: chunk, passage: passage)
            try await codecs.withCodec { codec in
                try chunk.take(try await chunk.rebuilder.bytes(of: chunk.entry, fetched: fetched, codec: codec))
            }
        }
        // Whoever comes next may have the places only now that the payloads are gone.
        withExtendedLifetime(passage) {}
        try await chunk.isDone()
    }

    private func isThere(_ chunk: WantedChunk) async throws -> Bool {
        guard let isThere = chunk.isThere else { return false }
        return try await codecs.withCodec { _ in try isThere() }
    }

    private func fetch(_ missing: Set<Int>, for chunk: WantedChunk, passage: Passage) async throws -> FetchedPayloads {
        if missing.isEmpty { return FetchedPayloads() }
        return try await passage.carry(chunk.rebuilder.payloadLength(of: missing)) {
            try await chunk.rebuilder.fetch(missing)
        }
    }
}
