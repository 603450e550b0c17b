internal import ModmetaGit
public import ModmetaSnapshots

extension SnapshotRepository {
    /// The snapshot a person means by a name, a tag, a beginning of a hash, or a commit.
    ///
    /// - Throws: `SnapshotError` with `missing` or `ambiguous`.
    public func find(_ text: String) async throws -> SnapshotDocument {
        let name = SnapshotSelector.name(in: text)
        if (try? SnapshotName.check(name)) != nil, let found = try await committed(name), found.document.name == name {
            return found.document
        }
        do {
            let found = try SnapshotSelector.find(text, in: await snapshots(meantBy: text))
            // The index has it in another order.
            return try await committed(found.name)?.document ?? found
        } catch let error as SnapshotError where error.code == .missing {
            let tags = try await git.output([
                "for-each-ref", "--format=%(refname:strip=3)", "--points-at", text, Self.tagPrefix,
            ])
            let names = tags.status == 0 ? tags.lines.map(String.init) : []
            guard names.count <= 1 else {
                throw SnapshotError(
                    .ambiguous, "\(text) could be \(names.count) snapshots: \(SnapshotSelector.some(of: names))")
            }
            guard let name = names.first, let found = try await committed(name) else { throw error }
            return found.document
        }
    }
}
