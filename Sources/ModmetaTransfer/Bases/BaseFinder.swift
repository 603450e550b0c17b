internal import ModmetaFormats
internal import ModmetaStore

/// Finds the manifests that a new object's chunks are best coded against.
struct BaseFinder: Sendable {
    let context: TransferContext
    let history: (any VersionHistory)?

    /// How many previous versions serve one object.
    private static let previousLimit = 2
    /// How many manifests serve one object; a checkpoint of one file may have come in this many shards.
    static let limit = 16
    /// The share of a file's bytes with a counterpart that leaves nothing worth looking for.
    static let enoughCoverage = 0.98
    /// The least share of a file's tensors a stored file must add to be looked at.
    private static let leastGain = 0.005
    /// The share below which the latest stored files are tried whatever their tensors are called.
    private static let littleCoverage = 0.9

    /// The bases of an object, and what of it is found in them by content where names do not say it.
    ///
    /// - Parameter named: what `namedBases` has found, if it was asked.
    func bases(
        for object: ObjectID, layout: Layout, in file: LocalFile, named: [BaseManifest]? = nil
    ) async throws -> BaseSet {
        var found: [BaseManifest]
        if let named { found = named } else { found = try await namedBases(for: object, layout: layout) }
        found = try await addingTwins(to: found, of: object, layout: layout, in: file)
        return try await addingContent(to: found, for: object, layout: layout, in: file)
    }

    /// Whether bases have nearly all of a file.
    static func suffice(_ bases: [BaseManifest], for layout: Layout) -> Bool {
        guard !layout.tensors.isEmpty else { return !bases.isEmpty }
        var coverage = BaseCoverage(of: layout)
        for base in bases { coverage.add(base) }
        return coverage.share >= littleCoverage
    }

    /// The bases of an object by the names of its tensors, best first.
    ///
    /// The previous versions that Git history knows come first. Where those lack some of the new object's tensors, stored
    /// objects that have them follow, the latest first among equals.
    func namedBases(for object: ObjectID, layout: Layout) async throws -> [BaseManifest] {
        var found: [BaseManifest] = []
        let versions = try await versions(of: object, layout)
        try await askTogether(about: versions)
        for previous in versions {
            guard found.count < Self.previousLimit else { break }
            if let base = try await base(previous), base.coverage(of: layout) > 0 { found.append(base) }
        }
        // Opaque files are compared by chunks, which are known only once the file was cut; recent ones of any kind serve.
        guard !layout.tensors.isEmpty else { return found }
        var coverage = BaseCoverage(of: layout)
        for base in found { coverage.add(base) }
        guard coverage.share < Self.enoughCoverage else { return found }
        let known = Set(found.map(\.manifest.object) + [object])
        let cover = try await context.sketches.cover(
            of: layout, in: context.store, excluding: known, limit: Self.limit - found.count,
            leastGain: Self.leastGain)
        for candidate in cover {
            if let base = try await sketched(candidate), coverage.add(base) { found.append(base) }
        }
        if coverage.share < Self.littleCoverage {
            // No names agree. They may all have been given a prefix, or lost one.
            let latest = try await context.sketches.latest(
                Self.limit - found.count, upTo: layout.size / 4 * 5, in: context.store,
                excluding: known.union(found.map(\.manifest.object)))
            for candidate in latest where coverage.share < Self.enoughCoverage {
                if let base = try await sketched(candidate), coverage.add(base) { found.append(base) }
            }
        }
        return found
    }

    /// The earlier versions to look at: of a small file without tensors only the one before, as to ask a store far away about
    /// others takes longer than to send it.
    private func versions(of object: ObjectID, _ layout: Layout) async throws -> [ObjectID] {
        if layout.tensors.isEmpty, layout.size < context.sizes.wholeLimit {
            return try await history?.predecessor(of: object).map { [$0] } ?? []
        }
        return try await history?.previousVersions(of: object, size: layout.size) ?? []
    }

    /// Asks about small objects at once, so that a store far away need not be asked about one after the other.
    private func askTogether(about objects: [ObjectID]) async throws {
        var small: [(key: ObjectKey, size: UInt64)] = []
        for object in objects {
            guard let file = try LocalFile(readingIfPresent: context.objectPath(object)),
                file.size <= UInt64(ChunkLimits.maximum)
            else { continue }
            small.append((.object(object), file.size))
        }
        if small.count > 1 { _ = try await context.store.has(small) }
    }

    /// The manifest of an object the store can rebuild, or nil.
    func base(_ object: ObjectID) async throws -> BaseManifest? {
        do {
            if let manifest = try await context.manifest(of: object) {
                // What a collection is about to delete is as good as gone.
                let condemned = try await context.collection.known(in: context.store)
                guard !TransferContext.members(of: manifest).contains(where: condemned.isCondemned) else { return nil }
                return try await context.hasPayloads(of: manifest) ? BaseManifest(manifest) : nil
            }
        } catch let error as TransferError where error.code == .corrupt {
            return nil
        }
        return try await wholeObject(object)
    }

    /// The manifest of an object that was found by its sketch; without it, the sketch is not looked at again.
    func sketched(_ object: ObjectID) async throws -> BaseManifest? {
        if let base = try await base(object) { return base }
        await context.sketches.forget(object)
        return nil
    }

    /// A small object that the store has whole serves as its own only payload.
    private func wholeObject(_ object: ObjectID) async throws -> BaseManifest? {
        guard let file = try LocalFile(readingIfPresent: context.objectPath(object)),
            1...UInt64(ChunkLimits.maximum) ~= file.size,
            try await context.store.has(.object(object), size: file.size)
        else { return nil }
        let size = file.size
        let entry = Manifest.Entry(
            payload: PayloadID(object.digest), payloadLength: Int(size), chunk: ChunkID(object.digest),
            rawLength: Int(size), encoding: .raw)
        return BaseManifest(Manifest(object: object, layout: try file.layout(), entries: [entry], chunks: [0]))
    }
}
