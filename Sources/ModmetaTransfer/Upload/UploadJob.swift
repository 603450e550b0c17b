internal import ModmetaDelta
internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// One object on its way into the store: chunks are encoded by several workers, each payload acknowledged and journaled.
struct UploadJob: Sendable {
    let context: TransferContext
    private let object: ObjectID
    let file: LocalFile
    let layout: Layout
    let bases: BaseSet
    private let rebuilder: ChunkRebuilder
    private let journal: [UInt64: JournalRecord]
    /// By which sizes the file is cut.
    let sizes: ChunkSizes
    private let progress: @Sendable (UInt64) -> Void
    private let table = UploadTable()

    init(
        context: TransferContext, object: ObjectID, file: LocalFile, layout: Layout, bases: BaseSet,
        progress: @escaping @Sendable (UInt64) -> Void
    ) {
        self.context = context
        self.object = object
        self.file = file
        self.layout = layout
        self.bases = bases
        self.progress = progress
        rebuilder = ChunkRebuilder(bases, for: object, in: context)
        journal = context.state.journal(store: context.storeID, object: object)
        sizes = context.chunkSizes(resuming: Set(journal.keys), layout: layout)
    }

    /// Sends every chunk the store lacks and returns the manifest, which is not yet published.
    ///
    /// - Throws: `TransferError.Code.changed` if the file does not have the object's hash.
    func run() async throws -> Manifest {
        var round = Round(
            feed: ChunkFeed(file: file, layout: layout, sizes: sizes),
            effort: EncodingEffort(context.sending), readShare: roughReadShare, arrived: try await arrivedPayloads())
        try await letWorkersWork(on: round)
        if await round.feed.goOn() {
            round.readShare = try await readShare()
            try await letWorkersWork(on: round)
        }
        guard await round.feed.digest() == object.digest || context.omissions.contains(.wholeFileHash) else {
            throw Uploader.changed(object, path: file.path)
        }
        return ManifestBuilder.manifest(object: object, layout: layout, outcomes: table.outcomes(), bases: bases)
    }

    /// What the workers of one run share.
    private struct Round {
        let feed: ChunkFeed
        let effort: EncodingEffort
        var readShare: ReadShare
        /// The payloads of an interrupted push that the store has.
        let arrived: Set<PayloadID>
    }

    /// A payload that is ready to be sent, and the chunk it is of.
    private struct Departure {
        let stored: StoredChunk
        let bytes: [UInt8]
        let index: Int
        let start: UInt64
    }

    /// Deals with chunks until none are handed out.
    private func letWorkersWork(on round: Round) async throws {
        let workers = max(1, min(context.slots.count, Int(file.size / UInt64(sizes.minimum))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers { group.addTask { try await work(on: round) } }
            try await group.waitForAll()
        }
    }

    /// Takes chunks until there are none, giving way to other agents from time to time.
    ///
    /// Payloads are sent while the next chunks are encoded.
    private func work(on round: Round) async throws {
        try await withThrowingDiscardingTaskGroup { sends in
            while try await takeTurn(on: round, &sends) { try await context.slots.giveWay() }
        }
    }

    /// Encodes chunks until others want the slot; false once there are no chunks, or once one could not be sent.
    private func takeTurn(
        on round: Round, _ sends: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> Bool {
        var slot = try await context.slots.acquire()
        // The memory of the codec and of the chunk belongs to the slot: no slot, no memory.
        let encoder = ChunkEncoder(codec: ChunkCodec(), readShare: round.readShare)
        var memory: [UInt8]?
        while !context.slots.isDue(&slot) {
            try Task.checkCancellation()
            guard !sends.isCancelled, let chunk = try await round.feed.next(in: memory.take() ?? []) else {
                return false
            }
            encoder.codec.effort = round.effort.current
            do {
                let departure = try await prepare(chunk, encoder: encoder, arrived: round.arrived)
                // What is stored as it is departs itself.
                if departure?.stored.encoding != .raw { memory = chunk.bytes }
                if let departure {
                    try await letGo(departure, of: round, &sends)
                } else {
                    progress(table.dealtWith(chunk.bytes.count))
                }
            } catch is ReadShare.Unknown {
                await round.feed.putBack(chunk)
                return false
            }
        }
        _ = consume slot
        return true
    }

    /// Has a payload sent as soon as there is room for it.
    ///
    /// That is waited for under the work slot, so that no more payloads are in memory than are on their way.
    private func letGo(
        _ departure: Departure, of round: Round, _ sends: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        let passage = try await context.sending.enter(departure.bytes.count)
        round.effort.note(hasWaited: passage.hasWaited)
        sends.addTask {
            try await passage.carry(departure.bytes.count) { try await send(departure) }
            progress(table.dealtWith(departure.stored.rawLength))
        }
    }

    /// Settles a chunk that need not be sent, or encodes it.
    private func prepare(
        _ chunk: ChunkFeed.Chunk, encoder: ChunkEncoder, arrived: Set<PayloadID>
    ) async throws -> Departure? {
        let id = ChunkID(SHA256.hash(chunk.bytes))
        if let earlier = table.claim(id, index: chunk.index) {
            table.set(.repeated(index: earlier), at: chunk.index)
            return nil
        }
        if let entry = bases.entry(of: id) {
            context.trace.emit(.chunkReused, object: object, name: id.digest, bytes: chunk.bytes.count)
            if layout.tensors.isEmpty {
                for file in bases.files.indices {
                    table.noteMatch(of: chunk.range, base: file, entry: entry, in: bases)
                }
            }
            table.set(.reused(entry: entry), at: chunk.index)
            return nil
        }
        if let stored = journaled(chunk, id: id, arrived: arrived) {
            context.trace.emit(
                .payloadJournaled, object: object, name: stored.payload.digest, bytes: stored.payloadLength)
            table.set(.stored(stored), at: chunk.index)
            return nil
        }
        let candidate = candidate(for: chunk)
        let pieces = chunk.pieces.map {
            CodedPiece(length: $0.range.count, element: $0.element, rowLength: $0.rowLength(in: layout))
        }
        let encoded = try await encoder.encode(chunk.bytes, pieces: pieces, candidate: candidate)
        let stored = StoredChunk(
            chunk: id, rawLength: chunk.bytes.count, payload: PayloadID(SHA256.hash(encoded.bytes)),
            payloadLength: encoded.bytes.count, encoding: encoded.encoding, generation: encoded.generation,
            segments: encoded.segments)
        return Departure(stored: stored, bytes: encoded.bytes, index: chunk.index, start: chunk.range.lowerBound)
    }

    private func send(_ departure: Departure) async throws {
        let stored = departure.stored
        if context.omissions.contains(.journalOrder) { note(stored, at: departure.start) }
        let outcome = try await context.store.put(.payload(stored.payload), .bytes(departure.bytes))
        context.trace.emit(
            outcome == .created ? .payloadPut : .payloadExists, object: object, name: stored.payload.digest,
            bytes: stored.payloadLength)
        note(stored, at: departure.start)
        table.set(.stored(stored), at: departure.index)
    }

    /// What most of the chunk's bytes correspond to, or nil if that is nothing.
    private func candidate(for chunk: ChunkFeed.Chunk) -> ChunkEncoder.Candidate? {
        let match =
            layout.tensors.isEmpty
            ? bases.files.indices.lazy.compactMap { file in
                ChunkBase(
                    opaque: chunk.pieces[0], expectedAt: table.expectedOffset(of: chunk.range, base: file), of: file,
                    in: bases)
            }.first
            : ChunkBase(pieces: chunk.pieces, of: layout, in: bases)
        guard let match, match.coveredLength * 2 >= chunk.bytes.count else { return nil }
        return ChunkEncoder.Candidate(base: bases, rebuilder: rebuilder, match: match)
    }

    // MARK: Journal

    private func note(_ stored: StoredChunk, at start: UInt64) {
        context.state.journal(store: context.storeID, object: object, start: start, record: record(of: stored))
    }

    private func record(of stored: StoredChunk) -> JournalRecord {
        JournalRecord(
            chunk: stored.chunk, rawLength: stored.rawLength, payload: stored.payload,
            payloadLength: stored.payloadLength, encoding: stored.encoding, generation: stored.generation,
            base: stored.segments.map { segment in
                JournalRecord.BaseRun(
                    chunk: bases.entries[segment.entry].chunk, offset: segment.offset,
                    length: segment.length)
            })
    }

    /// Which payloads of the journal the store has, asked about together and in the order of the file.
    private func arrivedPayloads() async throws -> Set<PayloadID> {
        let records = journal.sorted { $0.key < $1.key }.map(\.value)
        if context.omissions.contains(.journalOrder) { return Set(records.map(\.payload)) }
        let there = try await context.store.has(records.map { (.payload($0.payload), UInt64($0.payloadLength)) })
        return Set(zip(records, there).filter(\.1).map(\.0.payload))
    }

    /// What an interrupted push achieved for a chunk, if the store still has it and its base is still a base of ours.
    private func journaled(_ chunk: ChunkFeed.Chunk, id: ChunkID, arrived: Set<PayloadID>) -> StoredChunk? {
        guard let record = journal[chunk.range.lowerBound], record.chunk == id,
            record.rawLength == chunk.bytes.count, arrived.contains(record.payload)
        else { return nil }
        var segments: [Manifest.Segment] = []
        for run in record.base {
            guard let entry = bases.entry(of: run.chunk),
                run.length > 0, run.offset + run.length <= bases.entries[entry].rawLength
            else { return nil }
            segments.append(Manifest.Segment(entry: entry, offset: run.offset, length: run.length))
        }
        return StoredChunk(
            chunk: record.chunk, rawLength: record.rawLength, payload: record.payload,
            payloadLength: record.payloadLength, encoding: record.encoding, generation: record.generation,
            segments: segments)
    }
}
