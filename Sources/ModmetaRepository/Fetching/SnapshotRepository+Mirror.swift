internal import Glibc
internal import ModmetaGit
internal import ModmetaSystem

extension SnapshotRepository {
    /// A bare repository with the snapshots' tags of a store and the history they lead to: documents and pointers, no
    /// weights.
    ///
    /// - Parameters:
    ///   - scratch: where it is made; it is gone with it.
    ///   - notify: receives what a person should know.
    init(
        mirroringTagsOf url: String, in scratch: ScratchDirectory, notify: @escaping RepositoryNotice.Handler
    ) async throws {
        let directory = "\(scratch.path)/history.git"
        var git = Git(directory: scratch.path, environment: Git.noRepository)
        _ = try await git.run(["init", "-q", "--bare", "--template=", directory])
        git.directory = directory
        // The helper lies beside this program, which need not be on PATH.
        var path = getenv("PATH").map { String(cString: $0) } ?? ""
        if let program = try? RepositoryPath.resolved("/proc/self/exe"), let slash = program.lastIndex(of: "/") {
            path = "\(program[..<slash]):\(path)"
        }
        git = git.with(["PATH": path, "GIT_DIR": directory])
        let refs = "+\(Self.tagPrefix)*:\(Self.tagPrefix)*"
        _ = try await git.run([
            "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "-q",
            "--no-tags",
            "--no-write-fetch-head", "--recurse-submodules=no", "--", url, refs,
        ])
        self.init(repository: try await Repository.discover(with: git), top: directory, notify: notify)
    }
}
