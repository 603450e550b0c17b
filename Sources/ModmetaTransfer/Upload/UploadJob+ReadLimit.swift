internal import ModmetaFormats

extension UploadJob {
    /// What a reader with nothing may read for a file, as a share of its size; a little below the 1.5 that is promised.
    private static let fileShare = 1.45
    /// A chunk's chain is never longer than this share of its raw length, even where the rest of the file has none.
    private static let longestShare = 2.5

    /// A chunk's chain is never kept shorter than this share of its raw length, whatever the rest of the file costs.
    private static let leastShare = 1.0

    /// What is known of the read share without a look at the file; of most files that have few versions it is enough.
    var roughReadShare: ReadShare {
        bases.isEmpty || layout.tensors.isEmpty
            ? ReadShare(Self.fileShare) : ReadShare(in: Self.leastShare...Self.longestShare)
    }

    /// The read share of a file with bases.
    ///
    /// Chunks that did not change cost what they cost already; what they leave of the file's share is for those that did.
    /// So the longer chains of the few trained layers of a frozen model are balanced by the many untouched ones.
    func readShare() async throws -> ReadShare {
        let ids = try await chunkIDs()
        var unchanged: (length: UInt64, read: Double) = (0, 0)
        var counted: Set<ChunkID> = []
        for (id, length) in ids {
            guard let entry = bases.entry(of: id) else { continue }
            unchanged.length += UInt64(length)
            if counted.insert(id).inserted { unchanged.read += bases.readLength(of: entry) }
        }
        let changed = layout.size - unchanged.length
        guard changed > 0 else { return ReadShare(Self.fileShare) }
        let left = Self.fileShare * Double(layout.size) - unchanged.read
        return ReadShare(min(Self.longestShare, max(Self.leastShare, left / Double(changed))))
    }

    /// How many chunks are hashed before other agents get their turn.
    private static let chunksPerSlot = 32

    /// The ids of the file's chunks as they are now.
    ///
    /// They serve to estimate only: the file is read again when it is sent.
    private func chunkIDs() async throws -> [(id: ChunkID, length: Int)] {
        let plan = ChunkPlanner.plan(layout, sizes: sizes)
        let workers = min(context.slots.count, plan.count)
        return try await withThrowingTaskGroup(of: [(id: ChunkID, length: Int)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var ids: [(id: ChunkID, length: Int)] = []
                    for start in stride(
                        from: worker * Self.chunksPerSlot, to: plan.count, by: workers * Self.chunksPerSlot)
                    {
                        let slot = try await context.slots.acquire()
                        var bytes: [UInt8] = []
                        for chunk in plan[start..<min(plan.count, start + Self.chunksPerSlot)] {
                            try file.read(at: chunk.range.lowerBound, count: chunk.range.count, into: &bytes)
                            ids.append((ChunkID(SHA256.hash(bytes)), bytes.count))
                        }
                        _ = consume slot
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
