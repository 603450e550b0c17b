internal import Glibc
public import ModmetaFormats
internal import ModmetaTransfer

/// The content half of a semantic ID, with counts.
public struct ContentDigest: Hashable, Sendable {
    /// The SHA-256 that identifies the content; see docs/formats/semantic-id.md.
    public var content: Digest
    /// The hash of the tensors alone, computed like the content hash; nil if there are none.
    ///
    /// It identifies a base model regardless of the other files.
    public var weights: Digest?
    /// The number of tensors.
    public var tensorCount: Int
    /// The number of files.
    public var fileCount: Int
    /// The size of all files, in bytes.
    public var byteCount: UInt64
    /// The names of the files that hold tensors.
    public var weightFiles: [String]
    /// Notes for the user on how files were hashed, one sentence each.
    public var notes: [String]

    /// Hashes the files of a checkpoint on all processors, in little memory.
    ///
    /// - Parameters:
    ///   - workers: the number of concurrent workers; nil for one per processor.
    ///   - cache: the cache of digests of unchanged files.
    ///   - progress: receives the bytes hashed so far and in total, without those in the cache.
    /// - Throws: `SnapshotError` with `file` if a file cannot be read or is a pointer without its content, `changed` if
    ///   a file is modified in the meantime.
    public init(
        of files: [ContentFile], workers: Int? = nil, cache: DigestCache? = nil,
        progress: @escaping HashingProgress = { _, _ in }
    ) async throws {
        let plan = try ContentPlan(files, cache: cache)
        try await self.init(plan, workers: workers, cache: cache, counting: HashedBytes(of: plan.pieceBytes, progress))
    }

    /// Hashes the pieces of a plan.
    init(
        _ plan: ContentPlan, workers: Int? = nil, cache: DigestCache? = nil, counting count: HashedBytes
    ) async throws {
        let hashed = try await ContentDigest.lines(
            of: plan, workers: workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), count)
        let entries = plan.lines + hashed.map { .init(file: plan.pieces[$0.index].file.name, line: $0.line) }
        let contested = ContestedNames(in: entries)
        var lines = entries.map(contested.line(of:))
        for index in plan.indices where contested.directories.contains(ByteString(index.directory)) {
            lines.append(.file(name: index.name, digest: try ContentDifference.digest(of: index)))
        }
        try plan.checkUnchanged()
        if let cache { plan.record(hashed, in: cache) }
        content = ContentLine.digest(of: lines)
        let tensors = lines.filter { if case .tensor = $0 { true } else { false } }
        weights = tensors.isEmpty ? nil : ContentLine.digest(of: tensors)
        tensorCount = plan.tensorCount
        fileCount = plan.fileCount
        byteCount = plan.byteCount
        weightFiles = plan.weightFiles
        notes = plan.notes
    }

    private static func lines(
        of plan: ContentPlan, workers: Int, _ count: HashedBytes
    ) async throws -> [HashedPiece] {
        let queue = IndexQueue(limit: plan.pieces.count)
        return try await withThrowingTaskGroup(of: [HashedPiece].self) { group in
            for _ in 0..<workers { group.addTask { try work(plan, queue, count) } }
            var hashed: [HashedPiece] = []
            for try await part in group { hashed += part }
            return hashed
        }
    }

    /// Hashes pieces until none is left.
    private static func work(_ plan: ContentPlan, _ queue: IndexQueue, _ count: HashedBytes) throws -> [HashedPiece] {
        var hashed: [HashedPiece] = []
        while let index = queue.next() {
            try Task.checkCancellation()
            hashed.append(HashedPiece(index: index, line: try plan.line(index, counting: count)))
        }
        return hashed
    }
}

/// A piece of a plan and its line.
struct HashedPiece: Sendable {
    var index: Int
    var line: ContentLine
}
