internal import ModmetaFormats

/// One object on its way out of the store: chunks are rebuilt at the same time, and hashed in order as they arrive.
final class DownloadJob: Sendable {
    private let context: TransferContext
    private let object: ObjectID
    private let base: BaseManifest
    private let file: LocalFile
    private let progress: @Sendable (UInt64) -> Void
    private let rebuilder: ChunkRebuilder

    /// Rebuilds the object of a validated manifest into a file, which may hold chunks from an earlier attempt.
    init(
        context: TransferContext, object: ObjectID, base: BaseManifest, file: LocalFile,
        progress: @escaping @Sendable (UInt64) -> Void
    ) {
        self.context = context
        self.object = object
        self.base = base
        self.file = file
        self.progress = progress
        rebuilder = ChunkRebuilder(base, for: object, in: context)
    }

    /// Rebuilds every chunk and checks the whole.
    func run() async throws {
        let hash = OrderedHash(base: base, file: file)
        try file.truncate(to: base.manifest.layout.size)
        try await ChunkPipeline(context, progress: progress).run(
            base.manifest.chunks.indices.lazy.map { self.wanted($0, hash: hash) })
        guard await hash.digest() == object.digest || context.omissions.contains(.wholeFileHash) else {
            throw TransferError(
                .corrupt,
                "the chunks of object \(object) do not make it up: the whole does not have that SHA-256; "
                    + "run `modmeta store verify`")
        }
        context.state.record(base)
    }

    private func wanted(_ index: Int, hash: OrderedHash) -> WantedChunk {
        let number = base.manifest.chunks[index]
        let entry = base.manifest.entries[number]
        let start = base.chunkStarts[index]
        var wanted = WantedChunk(
            rebuilder: rebuilder, entry: number,
            take: { try self.file.write($0, at: start) },
            isDone: { try await hash.completed(index) }, byteCount: UInt64(entry.rawLength))
        // A new file was shorter, which costs no reading.
        if file.size >= start + UInt64(entry.rawLength) {
            wanted.isThere = { try self.isThere(entry, at: start) }
        }
        return wanted
    }

    /// Whether an interrupted download left a chunk; what it left is as good as its hash.
    private func isThere(_ entry: Manifest.Entry, at start: UInt64) throws -> Bool {
        let bytes = try file.read(at: start, count: entry.rawLength)
        guard SHA256.hash(bytes) == entry.chunk.digest || context.omissions.contains(.partialRehash) else {
            return false
        }
        context.trace.emit(.chunkResumed, object: object, name: entry.chunk.digest, bytes: entry.rawLength)
        return true
    }
}

/// The hash of a file whose chunks are written out of order: each is hashed once all before it are there.
private actor OrderedHash {
    private let base: BaseManifest
    private let file: LocalFile
    private var hash: SHA256? = SHA256()
    private var next = 0
    private var waiting: Set<Int> = []

    init(base: BaseManifest, file: LocalFile) {
        self.base = base
        self.file = file
    }

    func completed(_ index: Int) throws {
        waiting.insert(index)
        while waiting.remove(next) != nil {
            let start = base.chunkStarts[next]
            hash?.update(try file.read(at: start, count: Int(base.chunkStarts[next + 1] - start)))
            next += 1
        }
    }

    func digest() -> Digest? { hash.take()?.finish() }
}
