internal import Glibc
internal import ModmetaStore

/// A passing copy of the history of a store that is not a directory, made and changed by git through the remote helper.
struct StoreMirror: Sendable {
    let url: StoreURL
    let git: Git
    let scratch: ScratchDirectory

    /// Makes an empty copy.
    init(of url: StoreURL) async throws {
        scratch = try ScratchDirectory()
        self.url = url
        let path = "\(scratch.path)/mirror.git"
        let outside = Git(directory: scratch.path, environment: Git.noRepository)
        _ = try await outside.run(["init", "--quiet", "--bare", "--template=", path])
        git = outside.with(["GIT_DIR": path, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"])
    }

    private static let options = ["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=/dev/null"]

    /// Makes the copy like the store.
    func update() async throws {
        _ = try await git.run(
            Self.options + ["fetch", "--quiet", "--prune", "--no-write-fetch-head", url.remoteURL, "+refs/*:refs/*"])
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
