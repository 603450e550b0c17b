internal import Glibc
internal import ModmetaGit

extension SnapshotRepository {
    /// A bare repository with the snapshots' tags of a store and the history they lead to: documents and pointers, no
    /// weights.
    ///
    /// - Parameter directory: where it is kept; one that is there is brought up to date.
    init(mirroringTagsOf url: String, in directory: String) async throws {
        var git = Git(environment: Git.noRepository)
        if !WorkFile.exists("\(directory)/HEAD") { _ = try await git.run(["init", "-q", "--bare", directory]) }
        git.directory = directory
        // The helper lies beside this program, which need not be on PATH.
        var path = getenv("PATH").map { String(cString: $0) } ?? ""
        if let program = try? RepositoryPath.resolved("/proc/self/exe"), let slash = program.lastIndex(of: "/") {
            path = "\(program[..<slash]):\(path)"
        }
        git = git.with(["PATH": path, "GIT_DIR": directory])
        let refs = "+\(Self.tagPrefix)*:\(Self.tagPrefix)*"
        _ = try await git.run(["fetch", "-q", "--no-tags", "--prune", "--", url, refs])
        self.init(repository: try await Repository.discover(with: git), top: directory)
    }
}
