internal import Glibc
internal import ModmetaGit
internal import ModmetaSnapshots

extension SnapshotMaker {
    /// All that is known of the snapshot but its content.
    ///
    /// - Parameters:
    ///   - paths: the checkpoint's files and directories, relative to the top.
    ///   - head: the commit that the snapshot comes after; nil before the first.
    func request(name: String, moment: Moment, paths: [String], head: String?) async throws -> SnapshotRequest {
        var request = SnapshotRequest(name: name, created: moment.text, paths: paths)
        request.project = try ProjectConfig(readingIfPresent: "\(repository.top)/\(ProjectConfig.path)") ?? .init()
        request.configs = try named(options.configs)
        request.datasets = try named(options.datasets)
        request.datasetHashes = options.datasetHashes
        request.gpus = if let gpus = options.gpus { gpus } else { await GPUListing.current() }
        request.variables = options.variables
        request.metrics = options.metrics
        (request.domain, request.version, request.message) = (options.domain, options.version, options.message)
        request.base = options.base
        request.toleratesDamage = !options.isChecked
        request.cache = DigestCache(path: "\(try repository.repository.makeStateDirectory())/digests")
        request.variable = { name in getenv(name).map { String(cString: $0) } }
        if let parent = options.parent {
            request.parent = try SnapshotSelector.find(parent, in: await repository.snapshots()).name
        }
        if let head { request.code = try await code(at: head, besides: paths) }
        return request
    }

    /// The commit of the code, and whether the work tree differs from it in what is not the checkpoint.
    private func code(at head: String, besides paths: [String]) async throws -> DocumentValue {
        let changes = try await repository.git.run(
            ["status", "--porcelain", "--untracked-files=no", "--", "."] + paths.map { ":(exclude,literal)\($0)" })
        return ["commit": .string(head), "dirty": .bool(!changes.standardOutput.isEmpty)]
    }

    /// Files by their path in the repository, or by their name if they lie outside.
    private func named(_ paths: [String]) throws -> [(name: String, path: String)] {
        try paths.map { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return (try RepositoryPath.relative(path, to: repository.top) ?? name, path)
        }
    }
}
