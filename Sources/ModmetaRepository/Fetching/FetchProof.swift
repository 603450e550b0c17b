internal import ModmetaFormats
internal import ModmetaSnapshots
internal import ModmetaSystem
internal import Synchronization

/// Compares what a fetch wrote with the snapshot: the files under their final names, read again.
final class FetchProof: Sendable {
    private let document: SnapshotDocument
    private let files: [FetchSource.File]
    private let area: FetchArea
    /// The files that were not there before.
    private let new = Mutex<[String]>([])

    init(document: SnapshotDocument, files: [FetchSource.File], area: FetchArea) {
        self.document = document
        self.files = files
        self.area = area
    }

    /// Notes a file that was put into its place.
    func added(_ name: String) { new.withLock { $0.append(name) } }

    /// Hashes the files as they lie on the disk.
    ///
    /// - Parameter progress: receives how many bytes are hashed, of how many.
    /// - Throws: `RepositoryError` with `finding` if they are not the snapshot; those that are new are removed then.
    func run(progress: @escaping HashingProgress) async throws {
        do {
            try await compare(progress)
        } catch {
            for name in new.withLock({ $0 }) { area.discard(name) }
            throw error
        }
    }

    private func compare(_ progress: @escaping HashingProgress) async throws {
        let contents = files.map { ContentFile(name: $0.name, source: .file(area.path(of: $0.name))) }
        let digest = try await ContentDigest(of: contents, progress: progress)
        guard digest.content == document.id.content else {
            throw RepositoryError(
                kind: .finding,
                message:
                    "\(document.name): the files of its commit do not have the content that \(document.id) names, so they "
                    + "were not kept",
                hints: ["The tag snapshot/\(document.name) was moved, or its document edited; ask whoever made it."])
        }
        // Indices of shards are no part of the content; what Git itself holds is small.
        for file in files where file.object == nil {
            guard try FileDigest.sha256(ofFileAt: area.path(of: file.name)) == SHA256.hash(file.bytes) else {
                throw RepositoryError(
                    kind: .finding, message: "\(area.path(of: file.name)) is not what was written to it")
            }
        }
    }
}
