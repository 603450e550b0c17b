import Glibc
import ModmetaFormats
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting

@testable import ModmetaGit

/// A bucket in a directory, and people with repositories who push to it and fetch from it, without a helper process.
struct BucketWorld: Sendable {
    let git: HermeticGit
    let bucket: any BucketFiles
    let id = StoreFormat.ID()

    /// Where the bucket's files are.
    var path: String { git.path("bucket") }

    init(_ git: HermeticGit, wrap: (any BucketFiles) -> any BucketFiles = { $0 }) throws {
        self.git = git
        bucket = wrap(try DirectoryBucket(git.path("bucket")))
    }

    /// Has every weight.
    private struct NoWeights: WeightsPresence {
        func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] { [] }
    }

    func local(_ repository: String) -> LocalRepository {
        LocalRepository(Git(directory: git.path(repository), environment: git.environment))
    }

    /// The store as one process working in a repository sees it.
    func history(_ repository: String) -> BucketHistory {
        BucketHistory(files: bucket, store: id, stateDirectory: git.path("\(repository)/.git/modmeta"))
    }

    /// Makes a repository with one commit.
    func makeRepository(_ name: String, _ options: String...) async throws {
        try await git.run(["init", "--quiet"] + options + [git.path(name)])
        try await commit(name, "first of \(name)")
    }

    @discardableResult
    func commit(_ repository: String, _ message: String) async throws -> GitObjectName {
        try git.write(message, to: "\(repository)/file")
        try await git.run("add", "--all", in: repository)
        try await git.run("commit", "--quiet", "-m", message, in: repository)
        return try await tip(repository)
    }

    func tip(_ repository: String, _ ref: String = "HEAD") async throws -> GitObjectName {
        guard let name = GitObjectName(try await git.run("rev-parse", ref, in: repository)) else {
            throw RemoteHelperError(.system, "no \(ref) in \(repository)")
        }
        return name
    }

    /// Pushes as the helper does that was told the refs first; refspecs have full names of refs.
    func push(
        _ repository: String, _ refspecs: String..., options: RemoteHelperOptions = .init(),
        listed: StoreRefs? = nil, in history: BucketHistory? = nil
    ) async throws -> [PushResult] {
        let history = history ?? self.history(repository)
        let local = local(repository)
        let push = StorePush(
            target: try history.pushTarget(from: local, options: options), local: local, options: options,
            listed: listed, remote: "origin", weights: { PushedWeights(presence: NoWeights()) })
        return try await push.run(refspecs.compactMap { PushRequest($0[...]) })
    }

    /// Fetches every ref into the one of the same name below `refs/fetched/`.
    func fetch(_ repository: String, in history: BucketHistory? = nil) async throws {
        let history = history ?? self.history(repository)
        let refs = try await history.refs(peelingTags: true)
        let requests = refs.all.compactMap { FetchRequest("\($0.target) \($0.name)") }
        let outcome = try await history.fetch(requests, into: local(repository), options: .init())
        for ref in refs.all {
            let name = "refs/fetched/" + ref.name.dropFirst("refs/".count)
            try await git.run("update-ref", name, ref.target.hex, in: repository)
        }
        if let lock = outcome.lock { unlink(lock) }
    }
}
