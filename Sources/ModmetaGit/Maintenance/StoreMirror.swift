internal import Glibc
internal import ModmetaFormats
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

/// A passing copy of the history of a store, made and changed by git through the remote helper; of a bucket, mostly.
struct StoreMirror: Sendable {
    let url: StoreURL
    let git: Git
    /// The Git directory of the copy.
    let path: String
    private let generations: RefGenerations?
    let scratch: ScratchDirectory

    /// Makes an empty copy.
    init(of url: StoreURL) async throws {
        scratch = try ScratchDirectory()
        self.url = url
        path = "\(scratch.path)/mirror.git"
        if case .bucket(let name, let prefix) = url.location {
            generations = RefGenerations(files: try await StoreAccess.standard().bucket(name, prefix: prefix))
        } else {
            generations = nil
        }
        let outside = Git(directory: scratch.path, environment: Git.noRepository)
        _ = try await outside.run(["init", "--quiet", "--bare", "--template=", path])
        git = outside.with(["GIT_DIR": path, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"])
    }

    private static let options = ["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=/dev/null"]

    /// Makes the copy like the store, and proves that it has every ref.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if git left one out.
    func update() async throws {
        var lacking: String?
        for attempt in 0..<5 {
            // A listing may be behind for a while.
            if attempt > 0 { try await Task.sleep(for: .milliseconds(100 << attempt)) }
            let wanted = try await refs()
            var sources = ["+refs/*:refs/*"]
            if wanted.isDetached { sources.append("HEAD") }
            _ = try await git.run(
                Self.options + ["fetch", "--quiet", "--prune", "--no-write-fetch-head", url.remoteURL] + sources)
            lacking = try await difference(from: wanted.lines)
            if lacking == nil { return }
        }
        throw RemoteHelperError(
            .badStore,
            "git does not fetch the ref \(lacking ?? "") of \(url) as the store lists it, so not all that must stay is "
                + "known; give the command again later, or delete that ref")
    }

    /// The refs of the store, as lines of an object and a name, and whether its HEAD names an object.
    private func refs() async throws -> (lines: Set<String>, isDetached: Bool) {
        guard let generations else {
            guard let path = url.path else { return ([], false) }
            let store = try await StoreRepository(at: path)
            let refs = try await RefCensus(git: store.view.git, directory: path).take().refs
            return (Set(refs.map { "\($0.target) \($0.name)" }), false)
        }
        guard let newest = try await generations.certainlyNewest() else { return ([], false) }
        var isDetached = false
        if case .detached = newest.refs.head { isDetached = true }
        return (Set(newest.refs.all.map { "\($0.target) \($0.name)" }), isDetached)
    }

    /// A ref that is not here as the store has it; nil if all are.
    private func difference(from wanted: Set<String>) async throws -> String? {
        let lines = try await git.run(["for-each-ref", "--format=%(objectname) %(refname)"]).lines
        let here = Set(lines.map(String.init))
        return wanted.symmetricDifference(here).min().map { QuotedName($0).description }
    }

    /// Changes with any ref of the store.
    func mark() async throws -> Digest? {
        try await generations?.certainlyNewest().map { SHA256.hash(Array("\($0.number) \($0.nonce.hex)".utf8)) }
    }

    /// Deletes refs of the store, all or none, if they still are what they were here.
    func delete(_ refs: [MaintainedHistory.Ref]) async throws {
        let leases = refs.map { "--force-with-lease=\($0.name):\($0.target)" }
        let output = try await git.output(
            Self.options + ["push", "--quiet", "--atomic"] + leases + [url.remoteURL] + refs.map { ":\($0.name)" })
        guard output.status == 0 else {
            throw RemoteHelperError(.transfer, "the store's refs were left alone: \(output.errorLine)")
        }
    }

    /// Makes a store's history like this copy: every ref that is here, and nothing deleted there.
    func push(to destination: StoreURL) async throws {
        let output = try await git.output(
            Self.options + [
                "-c", "modmeta.allowIncompletePush=true", "push", "--quiet", destination.remoteURL, "+refs/*:refs/*",
            ])
        guard output.status == 0 else {
            throw RemoteHelperError(.transfer, "the history could not be copied: \(output.errorLine)")
        }
    }
}
