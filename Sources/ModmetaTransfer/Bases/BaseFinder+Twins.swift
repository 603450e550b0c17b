internal import ModmetaFormats
internal import ModmetaStore

extension BaseFinder {
    /// How many chunks of a file are looked up.
    private static let sampleCount = 8
    /// How many stored files with the same chunks serve one object.
    private static let twinLimit = 4
    /// How many stored files are looked at for the same tensors.
    private static let alikeLimit = 8
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
        guard !layout.tensors.isEmpty, named.count < Self.limit else { return named }
        let alike = await context.sketches.alike(
            layout, leastShare: Self.alikeShare, excluding: known, limit: Self.alikeLimit)
        guard !alike.isEmpty else { return named }
        if let twin = try sameTensors(as: layout, in: file, besides: named, among: alike),
            let base = try await sketched(twin)
        {
            return [base] + named
        }
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

    /// A file that has nearly all of what is not in the bases there are, going by pieces of its largest tensors.
    ///
    /// Chunks do not tell that of small files, as one chunk has the whole of such a file, header and all.
    private func sameTensors(
        as layout: Layout, in file: LocalFile, besides named: [BaseManifest], among alike: [ObjectID]
    ) throws -> ObjectID? {
        var fresh = Set(try ContentSample(of: layout, in: file).hashes)
        for base in named {
            guard let copy = copy(of: base.manifest.object),
                let sample = try? ContentSample(of: base.manifest.layout, in: copy)
            else { continue }
            fresh.subtract(sample.hashes)
        }
        guard !fresh.isEmpty else { return nil }
        return alike.first { candidate in
            guard let copy = copy(of: candidate), let layout = try? copy.layout(),
                let sample = try? ContentSample(of: layout, in: copy)
            else { return false }
            let common = fresh.intersection(sample.hashes).count
            return Double(common) >= ContentSample.twinShare * Double(fresh.count)
        }
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
