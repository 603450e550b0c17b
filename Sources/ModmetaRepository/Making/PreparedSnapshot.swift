public import ModmetaSnapshots

/// A snapshot of which everything is known but the content: nothing was refused, and nothing is hashed yet.
public struct PreparedSnapshot: Sendable {
    let repository: SnapshotRepository
    let isCommitted: Bool
    /// The commit that the snapshot comes after; nil before the first.
    let head: String?
    let checkpoint: Checkpoint
    let request: SnapshotRequest
    /// What was added to `.gitattributes`; nil for nothing.
    let attributes: AttributesChange?

    /// Reads and hashes the checkpoint, the data and the base model.
    ///
    /// - Parameter progress: receives how many bytes were hashed, of how many.
    /// - Throws: `SnapshotError`; `.gitattributes` is then as before.
    public func hash(progress: @escaping HashingProgress = { _, _ in }) async throws -> HashedSnapshot {
        do {
            let stamp = checkpoint.stamp
            let (document, content, records) = try await request.document(of: checkpoint, progress: progress)
            request.cache?.save()
            return HashedSnapshot(
                prepared: self, stamp: stamp, document: document, content: content, records: records)
        } catch {
            attributes?.undo()
            throw error
        }
    }

    /// The path of a file of the checkpoint below the top of the work tree.
    func path(of name: String) throws -> String {
        let prefix = try RepositoryPath.relative(checkpoint.root, to: repository.top) ?? "."
        return prefix == "." ? name : "\(prefix)/\(name)"
    }
}
