/// The weights that a push answers for: those of the store at hand, and those of the stores it goes to after that.
public struct PushedWeights: Sendable {
    /// A store that the same push goes to later.
    public struct Sibling: Sendable {
        /// The URL without `modmeta::`.
        public var address: String
        /// The URL for people to read.
        public var name: String
        /// Knows its weights.
        public var presence: any WeightsPresence

        /// Creates a sibling.
        public init(address: String, name: String, presence: any WeightsPresence) {
            self.address = address
            self.name = name
            self.presence = presence
        }
    }

    /// Knows the weights of the store at hand.
    public var presence: any WeightsPresence
    /// The stores that come later, in git's order.
    public var siblings: [Sibling]
    /// Whether what is missing is sent, so that what stays missing is not in this repository.
    public var sendsMissing: Bool

    /// Creates what a push answers for.
    public init(presence: any WeightsPresence, siblings: [Sibling] = [], sendsMissing: Bool = false) {
        self.presence = presence
        self.siblings = siblings
        self.sendsMissing = sendsMissing
    }
}

extension PushedWeights {
    /// Finds what a push to a remote answers for.
    static func standard(_ invocation: RemoteHelperSession.Invocation) async throws -> PushedWeights {
        let repository = try await Repository.discover()
        let remote = invocation.remote
        let view = try await UploadDestinations.find(remote: remote, in: repository)
            .view(from: "modmeta::\(invocation.address)", remote: remote)
        func presence(_ endpoint: LFSEndpoint) -> StoreWeights {
            StoreWeights(repository: repository, remote: remote, endpoint: endpoint, sendsMissing: view.sendsWeights)
        }
        return PushedWeights(
            presence: presence(view.endpoint),
            siblings: view.siblings.map { sibling in
                Sibling(
                    address: String(sibling.url.dropFirst("modmeta::".count)), name: sibling.shownURL,
                    presence: presence(sibling))
            }, sendsMissing: view.sendsWeights)
    }
}
