internal import ModmetaSnapshots
internal import ModmetaSystem

extension Checkpoint {
    /// Finds all files at and below some paths of a work tree, and refuses what Git would not keep as it is.
    ///
    /// - Throws: `RepositoryError` for paths outside of the work tree, symbolic links, and repositories in it.
    init(paths: [String], in repository: SnapshotRepository) throws {
        for path in paths where try RepositoryPath.relative(path, to: repository.top) == nil {
            throw RepositoryError(
                kind: .input, message: "\(path) is not in the repository \(repository.top)",
                hints: ["Copy the checkpoint into it, files in place of links: cp -rL CHECKPOINT DIRECTORY"])
        }
        try self.init(paths: paths)
        try refuseRepositories(paths, in: repository)
        for file in files where RepositoryPath.isLink("\(root)/\(file.name)") {
            throw RepositoryError(
                kind: .input,
                message: "\(file.name) is a symbolic link, of which git would keep only the target's name",
                hints: [
                    "Copy the checkpoint, files in place of links, and take the snapshot of the copy: cp -rL CHECKPOINT COPY"
                ])
        }
    }

    /// Refuses directories that are repositories of their own, in the checkpoint or around it.
    private func refuseRepositories(_ paths: [String], in repository: SnapshotRepository) throws {
        let top = try RepositoryPath.resolved(repository.top)
        if let nested = repositories.first(where: { $0 != top }) {
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
