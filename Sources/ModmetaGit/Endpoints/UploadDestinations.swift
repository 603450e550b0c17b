internal import ModmetaFormats
internal import ModmetaStore

/// Every store that needs the weights of what is pushed to a remote.
///
/// git pushes to all URLs of a remote, one after another, but git-lfs sends objects once, and tells its agent nothing but
/// the remote's name. So the agent sends them to each store in this list.
public struct UploadDestinations: Hashable, Sendable {
    /// The stores, without repetition: the configured one first, then the remote's own in the order git pushes to them.
    public var endpoints: [LFSEndpoint]
    /// The URLs that git pushes history to and modmeta cannot send weights to.
    public var foreign: [String]
    /// Whether a setting names one store for uploads and downloads, wherever history goes.
    public var isConfigured: Bool

    /// Creates a list of destinations.
    public init(endpoints: [LFSEndpoint], foreign: [String], isConfigured: Bool) {
        self.endpoints = endpoints
        self.foreign = foreign
        self.isConfigured = isConfigured
    }

    /// Finds the destinations of a remote.
    ///
    /// `lfs.url` and `remote.<r>.lfsurl` name one store for all. Without them, whoever clones history looks for weights
    /// beside it, so every store that history goes to needs them, and what `lfs.pushurl` names is one more.
    ///
    /// - Parameter remote: a remote's name or a URL, as git-lfs gives it to the agent.
    /// - Throws: `LFSAgentError` if no setting names a store, or a committed one names what only the user may choose;
    ///   `GitError` if git cannot be run.
    public static func find(remote: String, in repository: Repository) async throws -> UploadDestinations {
        let named = try await LFSEndpoint.named(for: .upload, remote: remote, in: repository)
        if let named, try await LFSEndpoint.named(for: .download, remote: remote, in: repository) != nil {
            return UploadDestinations(endpoints: [named], foreign: [], isConfigured: true)
        }
        let own = try await LFSEndpoint.pushURLs(of: remote, in: repository)
        var endpoints: [LFSEndpoint] = []
        for endpoint in (named.map { [$0] } ?? []) + own.filter({ $0.isStore })
        where !endpoints.contains(where: { $0.url == endpoint.url }) {
            endpoints.append(endpoint)
        }
        // A single URL is taken as it is: git-lfs has chosen the agent for it.
        if endpoints.isEmpty { return UploadDestinations(endpoints: own, foreign: [], isConfigured: false) }
        let foreign = named == nil ? own.filter { !$0.isStore }.map(\.url) : []
        return UploadDestinations(endpoints: endpoints, foreign: foreign, isConfigured: false)
    }

    /// Refuses a remote whose history also goes where its weights cannot follow.
    ///
    /// - Throws: `LFSAgentError.Code.noEndpoint`.
    public func check(remote: String) throws {
        guard let url = foreign.first, let store = endpoints.first else { return }
        throw LFSAgentError(
            .noEndpoint,
            "the remote \(remote) also pushes to \(url), which would get pointers without their weights; name one store "
                + "for everybody with `\(command: "git config lfs.url \(store.url)")`, or give that URL a remote of its own"
        )
    }

    /// Where the weights have to be for a store of history, and what else the push must look at.
    ///
    /// - Parameter url: the store that refs are about to change in, `modmeta::` first.
    public func view(from url: String, remote: String) -> HistoryView {
        if isConfigured, let endpoint = endpoints.first {
            return HistoryView(endpoint: endpoint, siblings: [], sendsWeights: false)
        }
        let own = LFSEndpoint(url: url, key: "remote.\(remote).url", isCommitted: false)
        // Stores before this one had their turn.
        let place = endpoints.firstIndex { $0.url == url }
        let siblings = place.map { Array(endpoints[($0 + 1)...]) } ?? []
        // Only for a remote of one URL does git-lfs send everything that its store needs: what it takes for pushed
        // already depends on the remote, not on the URL.
        return HistoryView(
            endpoint: own, siblings: siblings.filter { $0.isHistory },
            sendsWeights: endpoints.map(\.url) != [url] || !foreign.isEmpty || LFSEndpoint.isURL(remote))
    }

    /// The weights of one store's history.
    public struct HistoryView: Hashable, Sendable {
        /// The store that must have the weights.
        public var endpoint: LFSEndpoint
        /// Stores that the same push goes to later.
        public var siblings: [LFSEndpoint]
        /// Whether weights that are missing are sent, if this repository has them.
        public var sendsWeights: Bool
    }
}

extension LFSEndpoint {
    /// Whether it names a store of modmeta's.
    var isStore: Bool { url.hasPrefix("modmeta::") }
    /// Whether history goes to it as well.
    fileprivate var isHistory: Bool {
        key.hasSuffix(".url") && key != "lfs.url" || key.hasSuffix(".pushurl") && key != "lfs.pushurl"
    }
}
