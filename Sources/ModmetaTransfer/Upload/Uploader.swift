internal import ModmetaDelta
public import ModmetaFormats
internal import ModmetaStore

/// Brings LFS objects into a store.
public struct Uploader: Sendable {
    private let context: TransferContext
    private let history: (any VersionHistory)?

    /// What a reader of one file may read beyond 1.5 times its size, in bytes: payloads of which the file needs a part.
    ///
    /// The files beside it need the other parts, as the shards of a checkpoint do that was sharded anew.
    private static let allowanceForParts: UInt64 = 32 << 20

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
        try await upload(under: try await context.turns.take(object), size: size, path: path, progress: progress)
    }

    /// Stores the object whose turn was taken.
    ///
    /// - Parameter startUp: how long this agent took to get to its first object; nil for a later one. Other agents may be
    ///   given their first objects at the same time, and take as long to say what they are.
    public func upload(
        under turn: consuming UploadTurns.Turn, startUp: Duration? = nil, size: UInt64, path: String,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let object = turn.object
        // Each further round needs a collection to have deleted, in the one before, something this object relied on.
        var rounds = 1
        // Who has begun once waits for nobody, as others may be waiting for it.
        var queueing: Queueing? = startUp.map { .behindNewcomers(grace: Self.grace(after: $0)) } ?? .behindOthers
        while try await !isStored(turn, size: size, path: path, queueing: queueing, progress: progress) {
            guard rounds < 10 else {
                throw TransferError(
                    .missing, "collections keep deleting what object \(object) needs; push again when they are done")
            }
            rounds += 1
            queueing = nil
        }
        let epoch = try await context.collection.known(in: context.store).epoch
        context.state.recordStored(object, store: context.storeID, epoch: epoch)
        progress(size)
        _ = consume turn
    }

    /// Whom an upload lets go before it.
    private enum Queueing {
        /// Those that are under way.
        case behindOthers
        /// Those that are under way, once the agents that start now have had time to say what they have in hand.
        case behindNewcomers(grace: Duration)
    }

    /// Stores an object unless the store has it; false if a collection got in between and it must be done again.
    private func isStored(
        _ turn: borrowing UploadTurns.Turn, size: UInt64, path: String, queueing: Queueing?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> Bool {
        let object = turn.object
        let before = try await context.collection.known(in: context.store)
        do {
            if try await context.canRebuild(object, size: size) {
                context.trace.emit(.objectExists, object: object, bytes: 0)
            } else {
                try await store(turn, size: size, path: path, queueing: queueing, progress: progress)
            }
            if context.storesWhole, try await !context.store.has(.object(object), size: size) {
                try await storeWhole(object, path: path)
            }
        } catch  where Uploader.isLoss(error) {
            // What was there a moment ago is gone. If that was a collection's work, the store says so: a sweep deletes
            // what it has claimed without saying so for each object.
            if before.state == nil, try await before.isCurrent(in: context.store) { throw error }
            _ = try await context.collection.current(in: context.store)
            return false
        }
        // All was proven present since `before`; without a collection then and now, there was none in between.
        if before.state == nil, try await before.isCurrent(in: context.store) { return true }
        if context.omissions.contains(.collections) { return true }
        return try await context.secure(object, size: size)
    }

    /// Whether an error says that the store lacks something.
    private static func isLoss(_ error: any Error) -> Bool {
        (error as? TransferError)?.code == .missing || (error as? StoreError)?.code == .missing
    }

    private func store(
        _ turn: borrowing UploadTurns.Turn, size: UInt64, path: String, queueing: Queueing?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let object = turn.object
        let file = try LocalFile(reading: path)
        guard file.size == size else {
            throw TransferError(
                .changed, "\(path) has \(file.size) bytes and not \(size) as object \(object) has; restore the file")
        }
        let isSmall = size < context.sizes.wholeLimit
        if isSmall, context.storesSmallWhole { return try await storeWhole(object, path: path) }
        let layout = try file.layout()
        let finder = BaseFinder(context: context, history: history)
        var named: [BaseManifest]?
        if let queueing { named = try await queue(turn, layout: layout, in: file, queueing, finder) }
        let bases = try await finder.bases(for: object, layout: layout, in: file, named: named)
        if isSmall, bases.isEmpty {
            try await storeWhole(object, path: path)
            // Without a manifest it has no sketch in the store; the agents beside this one find it all the same.
            if !layout.tensors.isEmpty { recordPublished(sketch(of: object, layout)) }
            return
        }
        var job = UploadJob(
            context: context, object: object, file: file, layout: layout, bases: bases, progress: progress)
        var manifest = try await job.run()
        if manifest.entries.count == 1, manifest.entries[0].encoding == .raw {
            // The one payload is the object itself, and stored under the object's name.
            return context.trace.emit(.objectPut, object: object, bytes: Int(size))
        }
        if manifest.readLength > size / 2 * 3 + Self.allowanceForParts {
            // Chains that each are short enough can add up where few of their bytes are used; then none is kept.
            job = UploadJob(
                context: context, object: object, file: file, layout: layout, bases: BaseSet(), progress: progress)
            manifest = try await job.run()
        }
        try await publish(manifest)
    }

    /// How long agents that start have to say what they were given.
    private static func grace(after startUp: Duration) -> Duration {
        min(max(.seconds(1), startUp * 3), .seconds(10))
    }

    /// Waits for those of the uploads under way that the object is best coded against.
    ///
    /// - Returns: the bases that were found meanwhile; nil where they are to be looked for now.
    private func queue(
        _ turn: borrowing UploadTurns.Turn, layout: Layout, in file: LocalFile, _ queueing: Queueing,
        _ finder: BaseFinder
    ) async throws -> [BaseManifest]? {
        var order = try await UploadOrder(
            of: turn.object, layout: layout, in: file, history: history, context)
        if case .behindNewcomers(let grace) = queueing { try await waitForNewcomers(order, grace) }
        var named: [BaseManifest]?
        while let other = context.turns.begin(turn, order.announcement, unless: order.waits) {
            if !order.isServed, !order.isLarge, !order.mustBeFirst(other) {
                let found = try await finder.namedBases(for: turn.object, layout: layout)
                if BaseFinder.suffice(found, for: layout) {
                    order.isServed = true
                    named = found
                    continue
                }
            }
            try await context.turns.waitForEnd(of: other.sketch.object)
            await context.sketches.expect(other.sketch.object)
            named = nil
        }
        return named
    }

    /// Waits for a moment where other agents are about to be given their first objects.
    ///
    /// git-lfs starts the others once the first has begun, and may have given that one any version. If the store lacks the
    /// version before, that most likely is in the same push.
    private func waitForNewcomers(_ order: UploadOrder, _ grace: Duration) async throws {
        let object = order.announcement.sketch.object
        let end = context.clock.elapsed() + grace
        var expected: ObjectID?
        if let replaced = order.replaced, try await isLacking(replaced) { expected = replaced }
        while context.clock.elapsed() < end,
            context.turns.hasNewcomers(besides: object) || expected.map({ !context.turns.isTaken($0) }) == true
        { try await context.clock.sleep(.milliseconds(10)) }
    }

    /// Whether an object is here and not in the store.
    private func isLacking(_ object: ObjectID) async throws -> Bool {
        guard context.state.epochStored(object, store: context.storeID) == nil,
            let file = try? LocalFile(readingIfPresent: context.objectPath(object))
        else { return false }
        return try await !context.canRebuild(object, size: file.size)
    }

    /// Stores the file as it is, checking its hash on the way.
    private func storeWhole(_ object: ObjectID, path: String) async throws {
        let file = try LocalFile(reading: path)
        let outcome: PutOutcome
        if file.size <= UInt64(ChunkLimits.maximum) {
            let bytes = try file.read(at: 0, count: Int(file.size))
            guard SHA256.hash(bytes) == object.digest else { throw Uploader.changed(object, path: path) }
            outcome = try await context.store.put(.object(object), .bytes(bytes))
        } else {
            try check(file, is: object)
            outcome = try await context.store.put(.object(object), .file(path: path))
        }
        context.trace.emit(
            outcome == .created ? .objectPut : .objectExists, object: object,
            bytes: outcome == .created ? Int(file.size) : 0)
    }

    /// Hashes a file too large for memory.
    private func check(_ file: LocalFile, is object: ObjectID) throws {
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < file.size {
            let bytes = try file.read(at: offset, count: Int(min(file.size - offset, 4 << 20)))
            hash.update(bytes)
            offset += UInt64(bytes.count)
            try Task.checkCancellation()
        }
        guard hash.finish() == object.digest else { throw Uploader.changed(object, path: file.path) }
    }

    /// Publishes a manifest once everything it names is proven present.
    private func publish(_ manifest: Manifest) async throws {
        try manifest.validate()
        let bytes = manifest.serialized()
        guard try Manifest(parsing: bytes) == manifest else {
            throw TransferError(.corrupt, "the manifest of \(manifest.object) does not read back; please report this")
        }
        // The index is advice, and names what is not there yet only if the push ends here.
        let sketch = sketch(
            of: manifest.object, manifest.layout, chunks: manifest.chunks.map { manifest.entries[$0].chunk })
        async let indexing = try? context.store.put(.sketch(SHA256.hash(sketch)), .bytes(sketch))
        guard try await context.hasPayloads(of: manifest) else {
            throw TransferError(
                .missing, "the store lost payloads of object \(manifest.object) during the push; push again")
        }
        _ = await indexing
        let outcome = try await context.store.put(.manifest(manifest.object), .bytes(bytes))
        if outcome == .existed, try await !context.canRebuild(manifest.object, size: manifest.layout.size) {
            try await context.replaceUnusable(manifest, by: bytes)
        }
        context.trace.emit(.manifestPut, object: manifest.object, bytes: bytes.count)
        context.state.record(BaseManifest(manifest))
        recordPublished(sketch)
        context.state.closeJournal(store: context.storeID, object: manifest.object)
    }

    /// What the object is found by.
    private func sketch(of object: ObjectID, _ layout: Layout, chunks: [ChunkID] = []) -> [UInt8] {
        Sketch(
            object: object, size: layout.size, stored: context.clock.secondsSince1970(),
            features: layout.tensors.isEmpty ? Sketch.features(of: chunks) : Sketch.features(of: layout)
        ).serialized()
    }

    /// Makes the object findable by the other agents of this repository.
    private func recordPublished(_ sketch: [UInt8]) {
        context.state.recordPublished(SHA256.hash(sketch), sketch, store: context.storeID)
    }

    static func changed(_ object: ObjectID, path: String) -> TransferError {
        TransferError(
            .changed,
            "\(path) is damaged: its SHA-256 is not \(object); restore it, for example by "
                + "`git lfs fetch` from another remote")
    }
}
