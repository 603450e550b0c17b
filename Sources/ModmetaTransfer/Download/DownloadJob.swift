internal import ModmetaDelta
internal import ModmetaFormats
internal import Synchronization

/// One object on its way out of the store: chunks are rebuilt by several workers and hashed in order as they arrive.
final class DownloadJob: Sendable {
    private let context: TransferContext
    private let object: ObjectID
    private let base: BaseManifest
    private let file: LocalFile
    private let progress: @Sendable (UInt64) -> Void
    private let rebuilder: ChunkRebuilder
    private let queue = Mutex(0)
    private let done = Mutex<UInt64>(0)

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
        let manifest = base.manifest
        let hash = OrderedHash(base: base, file: file)
        try file.truncate(to: manifest.layout.size)
        let workers = max(1, min(context.slots.count, manifest.chunks.count))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask { try await self.work(hash) }
            }
            try await group.waitForAll()
        }
        guard await hash.digest() == object.digest || context.omissions.contains(.wholeFileHash) else {
            throw TransferError(
                .corrupt,
                "the chunks of object \(object) do not make it up: the whole does not have that SHA-256; "
                    + "run `modmeta store verify`")
        }
        context.state.record(base)
    }

    private func work(_ hash: OrderedHash) async throws {
        while true {
            let slot = try await context.slots.acquire()
            let codec = ChunkCodec()
            let end = context.clock.elapsed() + .seconds(1)
            while context.clock.elapsed() < end {
                try Task.checkCancellation()
                guard let index = nextIndex() else { return }
                let entry = base.manifest.entries[base.manifest.chunks[index]]
                try await fetch(index, entry: entry, codec: codec)
                try await hash.completed(index)
                progress(
                    done.withLock {
                        $0 += UInt64(entry.rawLength); return $0
                    })
            }
            _ = consume slot
            try await context.slots.giveWay()
        }
    }

    private func nextIndex() -> Int? {
        queue.withLock { next in
            guard next < base.manifest.chunks.count else { return nil }
            defer { next += 1 }
            return next
        }
    }

    private func fetch(_ index: Int, entry: Manifest.Entry, codec: ChunkCodec) async throws {
        let start = base.chunkStarts[index]
        // What an interrupted download left is as good as its hash. A new file is shorter, which costs no reading.
        if file.size >= start + UInt64(entry.rawLength) {
            let bytes = try file.read(at: start, count: entry.rawLength)
            if SHA256.hash(bytes) == entry.chunk.digest || context.omissions.contains(.partialRehash) {
                return context.trace.emit(
                    .chunkResumed, object: object, name: entry.chunk.digest, bytes: entry.rawLength)
            }
        }
        let bytes = try await rebuilder.bytes(of: base.manifest.chunks[index], codec: codec)
        try file.write(bytes, at: start)
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
