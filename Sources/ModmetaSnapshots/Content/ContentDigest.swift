internal import Glibc
public import ModmetaFormats
internal import ModmetaTransfer

/// The content half of a semantic ID, and what was counted on the way.
public struct ContentDigest: Hashable, Sendable {
    /// The SHA-256 that names the content: docs/formats/semantic-id.md.
    public var content: Digest
    /// The hash of the tensors alone, made as the content's; nil where there are none.
    ///
    /// By it a base model is known again, whatever other files lie beside it.
    public var weights: Digest?
    /// How many tensors there are.
    public var tensorCount: Int
    /// How many files there are.
    public var fileCount: Int
    /// The sizes of all files together, in bytes.
    public var byteCount: UInt64
    /// The names of the files that hold tensors.
    public var weightFiles: [String]
    /// What a person should know of how files were counted, one sentence each.
    public var notes: [String]

    /// Hashes the files of a checkpoint, on all processors and in little memory.
    ///
    /// - Parameters:
    ///   - workers: how many tensors or files are hashed at the same time; nil for one on each processor.
    ///   - cache: where digests of files that have not changed are found and kept.
    ///   - progress: receives how many bytes are hashed, of those that the cache does not know.
    /// - Throws: `SnapshotError` with `file` where a file cannot be read or is the pointer to one that is not here,
    ///   `changed` where one is written to meanwhile.
    public init(
        of files: [ContentFile], workers: Int? = nil, cache: DigestCache? = nil,
        progress: @escaping HashingProgress = { _, _ in }
    ) async throws {
        let plan = try ContentPlan(files, cache: cache)
        try await self.init(plan, workers: workers, cache: cache, counting: HashedBytes(of: plan.pieceBytes, progress))
    }

    /// Hashes what a plan says.
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
        let next = NextIndex(limit: plan.pieces.count)
        return try await withThrowingTaskGroup(of: [HashedPiece].self) { group in
            for _ in 0..<workers { group.addTask { try work(plan, next, count) } }
            var hashed: [HashedPiece] = []
            for try await part in group { hashed += part }
            return hashed
        }
    }

    /// Hashes pieces until none is left.
    private static func work(_ plan: ContentPlan, _ next: NextIndex, _ count: HashedBytes) throws -> [HashedPiece] {
        var hashed: [HashedPiece] = []
        while let index = next.take() {
            try Task.checkCancellation()
            hashed.append(HashedPiece(index: index, line: try plan.line(index, counting: count)))
        }
        return hashed
    }
}

/// A piece of a plan and the line it gave.
struct HashedPiece: Sendable {
    var index: Int
    var line: ContentLine
}
