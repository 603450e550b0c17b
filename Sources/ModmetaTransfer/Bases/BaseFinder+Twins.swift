internal import ModmetaFormats
internal import ModmetaStore

extension BaseFinder {
    /// How many chunks of a file are looked up.
    private static let sampleCount = 8
    /// How many stored files with the same chunks serve one object.
    private static let twinLimit = 4
    /// The share of a file's tensors that makes another one alike.
    static let alikeShare = 0.1

    /// Puts stored files that hold some of the same bytes before all others.
    ///
    /// Checkpoints are shipped in two formats, or whole and in shards: what differs from the version before is then the same
    /// in both, and only the first of them need send it. Names and history lead to the version before alone.
    func addingTwins(
        to named: [BaseManifest], of object: ObjectID, layout: Layout, in file: LocalFile
    ) async throws -> [BaseManifest] {
        let known = Set(named.map(\.manifest.object) + [object])
        guard !layout.tensors.isEmpty, named.count < Self.limit,
            await context.sketches.hasAlike(layout, leastShare: Self.alikeShare, excluding: known)
        else { return named }
        let present = Set(named.flatMap { base in base.manifest.entries.map(\.chunk) })
        var hits: [ObjectID: Int] = [:]
        for chunk in try await sampleChunks(of: layout, in: file) where !present.contains(chunk.id) {
            for location in context.state.locations(of: chunk.id, length: chunk.length)
            where !known.contains(location.object) { hits[location.object, default: 0] += 1 }
        }
        let likeliest = hits.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(Self.twinLimit)
        var twins: [BaseManifest] = []
        for (candidate, _) in likeliest { if let base = try await sketched(candidate) { twins.append(base) } }
        return Array((twins + named).prefix(Self.limit))
    }

    /// The ids of some chunks from all over the file.
    private func sampleChunks(
        of layout: Layout, in file: LocalFile
    ) async throws -> [(id: ChunkID, length: Int)] {
        let plan = ChunkPlanner.plan(layout, sizes: context.chunkSizes(resuming: [], layout: layout))
        let count = min(Self.sampleCount, plan.count)
        return try await holdingSlot {
            var bytes: [UInt8] = []
            return try (0..<count).map { number in
                let range = plan[(2 * number + 1) * plan.count / (2 * count)].range
                try file.read(at: range.lowerBound, count: range.count, into: &bytes)
                return (ChunkID(SHA256.hash(bytes)), range.count)
            }
        }
    }
}
