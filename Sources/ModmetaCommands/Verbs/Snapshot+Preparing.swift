internal import Glibc
internal import ModmetaSnapshots

/// What a checkpoint and its repository must be like before anything is hashed.
extension Snapshot {
    /// Makes .gitattributes such that Git keeps every file where it belongs and as it is.
    func settle(
        _ checkpoint: Checkpoint, _ paths: [String], in repository: SnapshotRepository
    ) async throws -> [UInt8]? {
        try await SnapshotAttributes(of: checkpoint, paths: paths, in: repository).settle()
    }

    /// Puts the attributes back as they were; empty for no file.
    func restore(_ attributes: [UInt8], in repository: SnapshotRepository) throws {
        let path = "\(repository.top)/.gitattributes"
        if attributes.isEmpty { unlink(path) } else { try WorkFile.write(attributes, to: path) }
    }

    /// Refuses directories that are repositories of their own, in the checkpoint or around it.
    func refuseRepositories(
        _ checkpoint: Checkpoint, _ paths: [String], in repository: SnapshotRepository
    ) throws {
        let top = try RepositoryPath.resolved(repository.top)
        if let nested = checkpoint.repositories.first(where: { $0 != top }) {
            throw HashedFiles.refusal(ofRepository: try RepositoryPath.relative(nested, to: top) ?? nested)
        }
        for path in paths {
            var directory = try RepositoryPath.resolved(path)
            while directory.utf8.count > top.utf8.count, let slash = directory.lastIndex(of: "/") {
                directory = String(directory[..<slash])
                guard directory != top, WorkFile.exists("\(directory)/.git") else { continue }
                throw HashedFiles.refusal(ofRepository: try RepositoryPath.relative(directory, to: top) ?? directory)
            }
        }
    }
}
