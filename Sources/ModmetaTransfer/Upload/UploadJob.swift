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
    }

    /// Sends every chunk the store lacks and returns the manifest, which is not yet published.
    ///
    /// - Throws: `TransferError.Code.changed` if the file does not have the object's hash.
    func run() async throws -> Manifest {
        let readShareLimit = try await readShareLimit()
        let feed = ChunkFeed(file: file, layout: layout, sizes: context.sizes.chunks)
        let workers = max(1, min(context.slots.count, Int(file.size / UInt64(context.sizes.chunks.minimum))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask { try await work(on: feed, readShareLimit: readShareLimit) }
            }
            try await group.waitForAll()
        }
        guard await feed.digest() == object.digest || context.omissions.contains(.wholeFileHash) else {
            throw Uploader.changed(object, path: file.path)
        }
        return ManifestBuilder.manifest(object: object, layout: layout, outcomes: table.outcomes(), bases: bases)
    }

    /// Takes chunks until there are none, giving way to other agents from time to time.
    private func work(on feed: ChunkFeed, readShareLimit: Double) async throws {
        while true {
            let slot = try await context.slots.acquire()
            // The codec's memory belongs to the slot: no slot, no memory.
            let encoder = ChunkEncoder(codec: ChunkCodec(), readShareLimit: readShareLimit)
            let end = context.clock.elapsed() + .seconds(1)
            while context.clock.elapsed() < end {
                try Task.checkCancellation()
                guard let chunk = try await feed.next() else { return }
                try await store(chunk, encoder: encoder)
                progress(table.dealtWith(chunk.bytes.count))
            }
            _ = consume slot
            try await context.slots.giveWay()
        }
    }

    private func store(_ chunk: ChunkFeed.Chunk, encoder: ChunkEncoder) async throws {
        let id = ChunkID(SHA256.hash(chunk.bytes))
        if let earlier = table.claim(id, index: chunk.index) {
            return table.set(.repeated(index: earlier), at: chunk.index)
        }
        if let entry = bases.entry(of: id) {
            context.trace.emit(.chunkReused, object: object, name: id.digest, bytes: chunk.bytes.count)
            if layout.tensors.isEmpty {
                for file in bases.files.indices {
                    table.noteMatch(of: chunk.range, base: file, entry: entry, in: bases)
                }
            }
            return table.set(.reused(entry: entry), at: chunk.index)
        }
        if let stored = try await journaled(chunk, id: id) {
            context.trace.emit(
                .payloadJournaled, object: object, name: stored.payload.digest, bytes: stored.payloadLength)
            return table.set(.stored(stored), at: chunk.index)
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
        if context.omissions.contains(.journalOrder) { note(stored, at: chunk) }
        let outcome = try await context.store.put(.payload(stored.payload), .bytes(encoded.bytes))
        context.trace.emit(
            outcome == .created ? .payloadPut : .payloadExists, object: object, name: stored.payload.digest,
            bytes: stored.payloadLength)
        note(stored, at: chunk)
        table.set(.stored(stored), at: chunk.index)
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

    private func note(_ stored: StoredChunk, at chunk: ChunkFeed.Chunk) {
        context.state.journal(
            store: context.storeID, object: object, start: chunk.range.lowerBound, record: record(of: stored))
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

    private func isThere(_ record: JournalRecord) async throws -> Bool {
        if context.omissions.contains(.journalOrder) { return true }
        return try await context.store.has(.payload(record.payload), size: UInt64(record.payloadLength))
    }

    /// What an interrupted push achieved for a chunk, if the store still has it and its base is still a base of ours.
    private func journaled(_ chunk: ChunkFeed.Chunk, id: ChunkID) async throws -> StoredChunk? {
        guard let record = journal[chunk.range.lowerBound], record.chunk == id,
            record.rawLength == chunk.bytes.count,
            try await isThere(record)
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
