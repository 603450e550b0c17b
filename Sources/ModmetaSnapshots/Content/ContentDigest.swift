internal import Glibc
public import ModmetaFormats
internal import ModmetaTransfer

/// The content half of a semantic ID, and what was counted on the way.
public struct ContentDigest: Hashable, Sendable {
    /// The SHA-256 that names the content: docs/formats/semantic-id.md.
    public var content: Digest
    /// How many tensors there are.
    public var tensorCount: Int
    /// How many files there are.
    public var fileCount: Int
    /// The sizes of all files together, in bytes.
    public var byteCount: UInt64
    /// The names of the files that hold tensors.
    public var weightFiles: [String]

    /// Hashes the files of a checkpoint, on all processors and in little memory.
    ///
    /// - Parameter workers: how many tensors or files are hashed at the same time; nil for one on each processor.
    /// - Throws: `SnapshotError` with `file` where a file cannot be read or is the pointer to one that is not here,
    ///   `changed` where one is written to meanwhile.
    public init(
        of files: [ContentFile], workers: Int? = nil
    ) async throws {
        let plan = try ContentPlan(files)
        let lines = try await ContentDigest.lines(
            of: plan, workers: workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        try plan.checkUnchanged()
        content = ContentLine.digest(of: lines)
        tensorCount = plan.tensorCount
        fileCount = files.count
        byteCount = plan.byteCount
        weightFiles = plan.weightFiles
    }

    private static func lines(of plan: ContentPlan, workers: Int) async throws -> [ContentLine] {
        let next = NextIndex(limit: plan.pieces.count)
        return try await withThrowingTaskGroup(of: [ContentLine].self) { group in
            for _ in 0..<workers { group.addTask { try work(plan, next) } }
            var lines = plan.links
            for try await part in group { lines += part }
            return lines
        }
    }

    /// Hashes pieces until none is left.
    private static func work(_ plan: ContentPlan, _ next: NextIndex) throws -> [ContentLine] {
        var lines: [ContentLine] = []
        while let index = next.take() {
            try Task.checkCancellation()
            lines.append(try plan.line(index))
        }
        return lines
    }
}
