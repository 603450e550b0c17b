internal import ModmetaFormats
internal import ModmetaStore

/// Finds the manifests that a new object's chunks are best coded against.
struct BaseFinder: Sendable {
    let context: TransferContext
    let history: (any VersionHistory)?

    /// How many manifests serve one object.
    private static let limit = 2
    /// The least share of features in common for a sketch to count as alike.
    private static let leastSimilarity = 0.25

    /// The bases of an object, best first.
    ///
    /// The previous versions that Git history knows come first. Where those say little about the new object, the most
    /// similar stored objects follow, the latest first among equals.
    func bases(for object: ObjectID, layout: Layout) async throws -> [BaseManifest] {
        var found: [BaseManifest] = []
        for previous in try await history?.previousVersions(of: object, size: layout.size) ?? [] {
            guard found.count < Self.limit else { break }
            if let base = try await base(previous), base.coverage(of: layout) > 0 { found.append(base) }
        }
        if let first = found.first, first.coverage(of: layout) >= 0.5 { return found }
        // Opaque files are compared by chunks, which are known only once the file was cut; recent ones of any kind serve.
        guard !layout.tensors.isEmpty else { return found }
        let own = Sketch(object: object, size: layout.size, stored: 0, features: Sketch.features(of: layout))
        var ranked: [(sketch: Sketch, similarity: Double)] = []
        for sketch in try await context.sketches.all(in: context.store) where sketch.object != object {
            let similarity = sketch.similarity(to: own)
            if similarity >= Self.leastSimilarity { ranked.append((sketch, similarity)) }
        }
        ranked.sort {
            ($0.similarity, $0.sketch.stored, $0.sketch.object) > ($1.similarity, $1.sketch.stored, $1.sketch.object)
        }
        for candidate in ranked where !found.contains(where: { $0.manifest.object == candidate.sketch.object }) {
            guard found.count < Self.limit else { break }
            if let base = try await base(candidate.sketch.object) { found.append(base) }
        }
        return found.sorted { $0.coverage(of: layout) > $1.coverage(of: layout) }
    }

    /// The manifest of an object the store can rebuild, or nil.
    private func base(_ object: ObjectID) async throws -> BaseManifest? {
        do {
            if let manifest = try await context.manifest(of: object) {
                return try await context.hasPayloads(of: manifest) ? BaseManifest(manifest) : nil
            }
        } catch let error as TransferError where error.code == .corrupt {
            return nil
        }
        return try await wholeObject(object)
    }

    /// A small object that the store has whole serves as its own only payload.
    private func wholeObject(_ object: ObjectID) async throws -> BaseManifest? {
        guard let size = try await context.store.size(of: .object(object)), 1...UInt64(ChunkLimits.maximum) ~= size,
            let file = try LocalFile(readingIfPresent: context.objectPath(object)), file.size == size
        else { return nil }
        let entry = Manifest.Entry(
            payload: PayloadID(object.digest), payloadLength: Int(size), chunk: ChunkID(object.digest),
            rawLength: Int(size), encoding: .raw)
        return BaseManifest(Manifest(object: object, layout: try file.layout(), entries: [entry], chunks: [0]))
    }
}
