internal import ModmetaGit
public import ModmetaSnapshots

/// A snapshot whose content is known, and which is not in the repository yet.
public struct HashedSnapshot: Sendable {
    let prepared: PreparedSnapshot
    /// The state of the checkpoint's files before they were hashed.
    let stamp: Checkpoint.Stamp
    /// What the snapshot says.
    public let document: SnapshotDocument
    let content: ContentDigest
    let records: [DatasetManifest]

    private var repository: SnapshotRepository { prepared.repository }

    /// Makes the commit and the tag, or only writes the YAML file, as the options say.
    ///
    /// - Returns: the snapshot as the repository has it, which is the earlier one if it was made before.
    /// - Throws: `RepositoryError` if the name is another snapshot's or git would keep other bytes, `SnapshotError` with
    ///   `changed` if the files changed since they were hashed; `.gitattributes` is then as before.
    @discardableResult
    public func record() async throws -> SnapshotDocument {
        for note in content.notes + Completeness(of: prepared.checkpoint.files).unlisted {
            repository.notify(RepositoryNotice(.note, note))
        }
        do {
            return try await recordUnlessPresent()
        } catch {
            prepared.attributes?.undo()
            throw error
        }
    }

    private func recordUnlessPresent() async throws -> SnapshotDocument {
        if let present = try await repository.present(document.name) {
            // One that was only written down may now be committed.
            guard present.commit == nil, prepared.isCommitted, present.document.isSameSnapshot(as: document) else {
                return try await adopt(present, head: prepared.head)
            }
        }
        guard prepared.isCommitted else {
            try WorkFile.write(document.yaml, to: "\(repository.top)/\(SnapshotDocument.path(of: document.name))")
            return document
        }
        do {
            try await commit()
            return document
        } catch let error as GitError {
            // What an earlier run was killed in may have been finished by its git meanwhile.
            guard let present = try await repository.present(document.name), present.commit != nil else { throw error }
            return try await adopt(present, head: try await repository.head())
        }
    }

    private func commit() async throws {
        let checkpoint = prepared.checkpoint
        let commit = SnapshotCommit(repository: repository, document: document, records: records)
        _ = try await commit.make(
            on: prepared.head, files: checkpoint.files.map { try prepared.path(of: $0.name) },
            weightFiles: content.weightFiles.map { try prepared.path(of: $0) }
        ) {
            guard checkpoint.stamp == stamp else {
                throw SnapshotError(
                    .changed, "the checkpoint changed while it was read; try again when its writer is done")
            }
        }
    }

    /// Takes what has the name for this snapshot, if it is the same, and finishes what is missing of it.
    private func adopt(_ present: PresentSnapshot, head: String?) async throws -> SnapshotDocument {
        guard present.document.isSameSnapshot(as: document) else { throw present.refusal }
        if let commit = present.commit, prepared.isCommitted {
            let maker = SnapshotCommit(repository: repository, document: present.document, records: records)
            try await maker.finish(commit: commit, isTagged: present.isTagged, head: head)
            if try await repository.head() == commit { await maker.refresh(commit: commit) }
        }
        return present.document
    }
}
