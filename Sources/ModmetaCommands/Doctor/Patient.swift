internal import Glibc
internal import ModmetaGit
internal import ModmetaStore

/// What is examined: a machine, a repository on it, and the stores that its remotes and settings name.
struct Patient {
    /// A store that something in the repository names.
    struct Store {
        /// The remote it was found by; nil where it was named on the command line.
        var remote: String?
        var url: StoreURL
    }

    /// Runs git where the command was started.
    var git: Git
    /// Where programs are looked for, as `PATH` has it.
    var path: String
    /// The repository; nil outside of one.
    var repository: Repository?
    /// The settings of git-lfs and others that matter.
    var settings: GitConfiguration
    /// The stores; only those whose URL can be read.
    var stores: [Store]

    /// Looks around.
    ///
    /// - Parameter url: a store named on the command line, or nil.
    init(git: Git = Git(), url: String? = nil) async throws {
        self.git = git
        path = (git.environment["PATH"] ?? nil) ?? getenv("PATH").map { String(cString: $0) } ?? ""
        let output = try? await git.output([
            "config", "--null", "--get-regexp", "^(lfs|filter\\.lfs|safe|modmeta|remote)\\.",
        ])
        settings = GitConfiguration(parsing: output?.standardOutput ?? [])
        repository = try? await Repository.discover(with: git)
        stores = []
        if let url { stores.append(Store(remote: nil, url: try StoreURL(url))) }
        for remote in try await remotes() {
            guard let repository else { continue }
            let destinations = try? await UploadDestinations.find(remote: remote, in: repository)
            for endpoint in destinations?.endpoints ?? [] {
                guard let store = try? StoreURL(endpoint.url, removingLFSSuffix: endpoint.key == "remote"),
                    endpoint.url.hasPrefix("modmeta::"), !stores.contains(where: { $0.url == store })
                else { continue }
                stores.append(Store(remote: remote, url: store))
            }
        }
    }

    /// The names of the repository's remotes.
    func remotes() async throws -> [String] {
        guard repository != nil else { return [] }
        return try await git.output(["remote"]).lines.map(String.init)
    }

    /// Where a program is on `PATH`; nil where it is not.
    func program(_ name: String) -> String? {
        for directory in path.split(separator: ":") {
            let file = "\(directory)/\(name)"
            if access(file, X_OK) == 0 { return file }
        }
        return nil
    }
}
