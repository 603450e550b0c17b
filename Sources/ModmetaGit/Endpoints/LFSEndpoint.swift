internal import ModmetaStore

/// The store an agent works with, and which setting named it.
///
/// Settings count in git-lfs's order: `lfs.pushurl` for uploads, `lfs.url`, `remote.<r>.lfspushurl` for uploads,
/// `remote.<r>.lfsurl`, then the remote's own URL; each from Git's configuration before `.lfsconfig`, of which git-lfs
/// accepts no `lfspushurl`.
public struct LFSEndpoint: Hashable, Sendable {
    /// The URL as it is configured, rewritten by `url.<base>.insteadOf`; usually `modmeta::<store>`.
    public var url: String
    /// The setting that named it, or `remote` for a URL that git-lfs itself gave.
    public var key: String
    /// Whether it comes from a committed file, that is from whoever may write to the repository.
    public var isCommitted: Bool

    /// Creates an endpoint.
    public init(url: String, key: String, isCommitted: Bool) {
        self.url = url
        self.key = key
        self.isCommitted = isCommitted
    }

    /// Finds the endpoint for transfers with a remote.
    ///
    /// - Parameter remote: a remote's name or a URL, as git-lfs gives it to the agent.
    /// - Throws: `LFSAgentError` where no setting names a store, or a committed one names what only the user may choose;
    ///   `GitError` where git cannot be run.
    public static func resolve(
        _ operation: TransferOperation, remote: String, in repository: Repository
    ) async throws -> LFSEndpoint {
        if let endpoint = try await named(for: operation, remote: remote, in: repository) { return endpoint }
        if operation == .upload, let url = try await pushURLs(of: remote, in: repository).first { return url }
        if isURL(remote) { return try await given(remote, repository) }
        return try await remoteURLs(operation, remote, repository)[0]
    }

    /// The endpoint that a setting of git-lfs names; nil if it is to be the remote's own URL.
    static func named(
        for operation: TransferOperation, remote: String, in repository: Repository
    ) async throws -> LFSEndpoint? {
        guard let endpoint = try await configured(operation, remote, repository) else { return nil }
        if endpoint.isCommitted { try endpoint.checkTrust(repository.configuration) }
        return try await endpoint.rewritten(by: repository)
    }

    /// All URLs that git pushes a remote's history to, in git's order; never empty.
    static func pushURLs(of remote: String, in repository: Repository) async throws -> [LFSEndpoint] {
        if isURL(remote) { return [try await given(remote, repository)] }
        return try await remoteURLs(.upload, remote, repository)
    }

    private static func given(_ url: String, _ repository: Repository) async throws -> LFSEndpoint {
        try await LFSEndpoint(url: url, key: "remote", isCommitted: false).rewritten(by: repository)
    }

    private static func configured(
        _ operation: TransferOperation, _ remote: String, _ repository: Repository
    ) async throws -> LFSEndpoint? {
        var keys = ["lfs.url", "remote.\(remote).lfsurl"]
        if operation == .upload {
            keys.insert("lfs.pushurl", at: 0)
            keys.insert("remote.\(remote).lfspushurl", at: 2)
        }
        var committed: GitConfiguration?
        for key in keys {
            if let url = repository.configuration[key] { return LFSEndpoint(url: url, key: key, isCommitted: false) }
            if key.hasSuffix(".lfspushurl") { continue }
            if committed == nil { committed = try await CommittedConfiguration.read(in: repository) }
            if let url = committed?[key] { return LFSEndpoint(url: url, key: key, isCommitted: true) }
        }
        return nil
    }

    /// The URLs of a remote, for downloads one.
    private static func remoteURLs(
        _ operation: TransferOperation, _ remote: String, _ repository: Repository
    ) async throws -> [LFSEndpoint] {
        let own = repository.configuration
        let pushKey = "remote.\(remote).pushurl"
        let isPush = operation == .upload && !own.all(pushKey).isEmpty
        let key = isPush ? pushKey : "remote.\(remote).url"
        var urls: [String]
        if !own.rewritesURLs, !own.all(key).isEmpty, !own.all(key).contains("") {
            // What `git remote get-url` would say, without another process.
            urls = own.all(key)
        } else {
            let push = operation == .upload ? ["--push", "--all"] : []
            let output = try await repository.git.output(["remote", "get-url"] + push + ["--", remote])
            urls = output.status == 0 ? output.lines.map(String.init) : []
        }
        if operation == .download { urls = Array(urls.prefix(1)) }
        guard !urls.isEmpty else {
            throw LFSAgentError(
                .noEndpoint,
                "the remote \"\(remote)\" has no URL; run `git remote add NAME modmeta::STORE` or set lfs.url")
        }
        return urls.map { LFSEndpoint(url: $0, key: key, isCommitted: false) }
    }

    private func rewritten(by repository: Repository) async throws -> LFSEndpoint {
        guard repository.configuration.rewritesURLs else { return self }
        let output = try await repository.git.run(["ls-remote", "--get-url", "--", url])
        var copy = self
        if let line = output.lines.first { copy.url = String(line) }
        return copy
    }

    /// Refuses a committed URL that reaches for this machine: its files, or its accounts.
    private func checkTrust(_ own: GitConfiguration) throws {
        guard !own.isTrue("modmeta.allowcommitted"), let reason = LFSEndpoint.reach(of: url) else { return }
        throw LFSAgentError(
            .untrustedEndpoint,
            "the repository's .lfsconfig sets \(key) to \(url), which \(reason); if you trust whoever committed it, run "
                + "`git config modmeta.allowCommitted true`, else choose a store with `git config lfs.url modmeta::STORE`"
        )
    }

    /// Says what a URL names besides a place on the network, or returns nil.
    ///
    /// Only schemes known to name a host pass: whatever else there is may end up as a path.
    static func reach(of url: String) -> String? {
        var place = url[...]
        let prefix = "modmeta::"
        if place.lowercased().hasPrefix(prefix) { place = place.dropFirst(prefix.count) }
        guard let separator = place.firstRange(of: "://"),
            ["s3", "https", "http"].contains(place[..<separator.lowerBound].lowercased())
        else { return "names a path on this machine" }
        let rest = place[separator.upperBound...]
        if rest.contains("?") || rest.contains("#") { return "chooses an endpoint or profile" }
        if rest.prefix(while: { $0 != "/" }).contains("@") { return "carries credentials" }
        return nil
    }

    /// The URL for people to read, without a password.
    var shownURL: String { (try? StoreURL(url)).map { "\($0)" } ?? url }

    /// Whether the history whose weights go here goes somewhere else.
    func isBesideHistory(in repository: Repository, remote: String) -> Bool {
        let keys = ["remote", "remote.\(remote).url", "remote.\(remote).pushurl"]
        guard !keys.contains(key) else { return false }
        let pushed = repository.configuration.all("remote.\(remote).pushurl")
        return (pushed.isEmpty ? repository.configuration.all("remote.\(remote).url") : pushed) != [url]
    }

    static func isURL(_ remote: String) -> Bool { remote.contains("::") || remote.contains("://") }
}
