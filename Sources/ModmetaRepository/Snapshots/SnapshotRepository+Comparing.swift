internal import ModmetaFormats
internal import ModmetaGit
public import ModmetaSnapshots

extension SnapshotRepository {
    /// How files differ from those that a snapshot's commit holds; nil if the snapshot is in no commit.
    ///
    /// - Parameters:
    ///   - files: the files, each with its name relative to the checkpoint's root.
    ///   - document: the snapshot.
    ///   - isOwn: whether the files are the commit's own, by the local LFS objects, which are then compared with what they
    ///     should be.
    /// - Throws: `SnapshotError` if a file cannot be read, `GitError` if the commit cannot.
    public func difference(
        of files: [ContentFile], from document: SnapshotDocument, isOwn: Bool
    ) async throws -> ContentDifference? {
        guard try await committed(document.name) != nil else { return nil }
        var expected: [ContentDifference.Expected] = []
        try await readBlobs(of: try await entries(of: document)) { name, entry, bytes in
            guard !entry.isLink else {
                let target = String(decoding: bytes, as: UTF8.self)
                return expected.append(.init(name: name, digest: SHA256.hash(bytes), source: .link(target)))
            }
            guard let pointer = LFSBlob(bytes).pointer else {
                return expected.append(.init(name: name, digest: SHA256.hash(bytes), source: .bytes(bytes)))
            }
            let path = repository.objectPath(pointer.object)
            let isHere = !isOwn && WorkFile.exists(path)
            expected.append(
                .init(name: name, digest: pointer.object.digest, source: isHere ? .file(path) : nil))
        }
        return try ContentDifference(of: files, from: expected)
    }
}
