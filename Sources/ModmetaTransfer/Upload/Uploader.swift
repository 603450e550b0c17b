internal import ModmetaDelta
public import ModmetaFormats
internal import ModmetaStore

/// Brings LFS objects into a store.
public struct Uploader: Sendable {
    /// Files smaller than this are stored whole where they have no base.
    static let wholeLimit: UInt64 = 256 << 10

    private let context: TransferContext
    private let history: (any VersionHistory)?

    /// Creates an uploader; without a history, bases are found by similarity alone.
    public init(context: TransferContext, history: (any VersionHistory)?) {
        self.context = context
        self.history = history
    }

    /// Stores an object so that `Downloader` can rebuild it bit by bit, sending as little as possible.
    ///
    /// May be repeated after any interruption: what the store acknowledged is not sent again.
    ///
    /// - Parameters:
    ///   - path: the local file; it must have the object's size and hash.
    ///   - progress: receives how many of the object's bytes are dealt with.
    public func upload(
        _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        if try await context.canRebuild(object, size: size) {
            context.trace.emit(.objectExists, object: object, bytes: 0)
        } else {
            try await store(object, size: size, path: path, progress: progress)
        }
        if context.storesWhole { try await storeWhole(object, path: path) }
        progress(size)
    }

    private func store(
        _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let file = try LocalFile(reading: path)
        guard file.size == size else {
            throw TransferError(
                .changed, "\(path) has \(file.size) bytes and not \(size) as object \(object) has; restore the file")
        }
        let layout = try file.layout()
        let bases = BaseSet(try await BaseFinder(context: context, history: history).bases(for: object, layout: layout))
        if size < Self.wholeLimit, bases.isEmpty { return try await storeWhole(object, path: path) }
        var job = UploadJob(
            context: context, object: object, file: file, layout: layout, bases: bases, progress: progress)
        var manifest = try await job.run()
        if manifest.readLength > size / 2 * 3 {
            // Chains that each are short enough can add up where few of their bytes are used; then none is kept.
            job = UploadJob(
                context: context, object: object, file: file, layout: layout, bases: BaseSet(), progress: progress)
            manifest = try await job.run()
        }
        try await publish(manifest)
    }

    /// Stores the file as it is, checking its hash on the way.
    private func storeWhole(_ object: ObjectID, path: String) async throws {
        var hash = SHA256()
        let file = try LocalFile(reading: path)
        var offset: UInt64 = 0
        while offset < file.size {
            let bytes = try file.read(at: offset, count: Int(min(file.size - offset, 4 << 20)))
            hash.update(bytes)
            offset += UInt64(bytes.count)
        }
        guard hash.finish() == object.digest else { throw Uploader.changed(object, path: path) }
        let outcome = try await context.store.put(.object(object), .file(path: path))
        context.trace.emit(
            outcome == .created ? .objectPut : .objectExists, object: object,
            bytes: outcome == .created ? Int(file.size) : 0)
    }

    /// Publishes a manifest once everything it names is proven present.
    private func publish(_ manifest: Manifest) async throws {
        try manifest.validate()
        let bytes = manifest.serialized()
        guard try Manifest(parsing: bytes) == manifest else {
            throw TransferError(.corrupt, "the manifest of \(manifest.object) does not read back; please report this")
        }
        guard try await context.hasPayloads(of: manifest) else {
            throw TransferError(
                .missing, "the store lost payloads of object \(manifest.object) during the push; push again")
        }
        let outcome = try await context.store.put(.manifest(manifest.object), .bytes(bytes))
        if outcome == .existed {
            // Another pusher was first; its manifest serves if it is sound.
            guard try await context.canRebuild(manifest.object, size: manifest.layout.size) else {
                throw TransferError(
                    .corrupt,
                    "the store holds a manifest of \(manifest.object) that cannot be used; run `modmeta store verify`")
            }
        }
        context.trace.emit(.manifestPut, object: manifest.object, bytes: bytes.count)
        try await index(manifest)
        let base = BaseManifest(manifest)
        context.state.record(
            object: manifest.object,
            chunks: zip(manifest.chunks, base.chunkStarts).map { entry, start in
                (manifest.entries[entry].chunk, start, manifest.entries[entry].rawLength)
            })
        context.state.closeJournal(store: context.storeID, object: manifest.object)
    }

    /// Makes the object findable by those who look for something alike.
    private func index(_ manifest: Manifest) async throws {
        let layout = manifest.layout
        let sketch = Sketch(
            object: manifest.object, size: layout.size, stored: secondsSince1970(),
            features: layout.tensors.isEmpty
                ? Sketch.features(of: manifest.chunks.map { manifest.entries[$0].chunk }) : Sketch.features(of: layout))
        let bytes = sketch.serialized()
        _ = try await context.store.put(.sketch(SHA256.hash(bytes)), .bytes(bytes))
    }

    static func changed(_ object: ObjectID, path: String) -> TransferError {
        TransferError(
            .changed,
            "\(path) is damaged: its SHA-256 is not \(object); restore it, for example by "
                + "`git lfs fetch` from another remote")
    }
}
