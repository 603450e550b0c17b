internal import ModmetaFormats
public import ModmetaNetwork
internal import ModmetaStore
public import ModmetaTransfer

/// The store that a repository's LFS objects go to, opened, with everything its transfers share.
public struct StoreSession: Sendable {
    /// What the transfers share.
    public let context: TransferContext
    /// What goes over the network to and from the store.
    public let traffic: NetworkTraffic
    /// Which objects are earlier versions of which.
    let history: GitVersionHistory

    /// Finds and opens the store of a repository's remote.
    ///
    /// - Parameters:
    ///   - creates: whether a store that is absent is created; never set for reading.
    /// - Throws: `LFSAgentError` where no setting names a store, `StoreError` where it cannot be opened.
    public init(
        _ operation: TransferOperation, remote: String, in repository: Repository, creates: Bool
    ) async throws {
        let endpoint = try await LFSEndpoint.resolve(operation, remote: remote, in: repository)
        try await self.init(operation, at: endpoint, remote: remote, in: repository, creates: creates)
    }

    /// Opens the store of an endpoint.
    ///
    /// - Parameters:
    ///   - remote: the remote that led to the endpoint.
    ///   - creates: whether a store that is absent is created; never set for reading.
    /// - Throws: `StoreError` if it cannot be opened.
    public init(
        _ operation: TransferOperation, at endpoint: LFSEndpoint, remote: String, in repository: Repository,
        creates: Bool
    ) async throws {
        let url = try StoreURL(endpoint.url, removingLFSSuffix: endpoint.key == "remote")
        history = GitVersionHistory(repository: repository)
        // A store that is to be created is a Git repository of the same kind as ours. On a host all is there already, so that
        // nobody's files or accounts here are reached for.
        let isServer = if case .server = url.location { true } else { false }
        let absence: StoreOpening.Absence =
            creates && (isServer || !endpoint.isCommitted) ? .made(repository.objectFormat) : .readAsItIs
        let opening = StoreOpening(for: repository)
        traffic = opening.traffic
        let opened = try await opening.open(
            url, operation, remote: remote, absence: absence, history: operation == .upload ? history : nil)
        let (store, format) = (opened.store, opened.format)
        // Once it is written down, a collection no longer takes the store's own refs for all there is.
        if operation == .upload, !isServer, endpoint.isBesideHistory(in: repository, remote: remote) {
            try? await store.noteHistoryElsewhere()
        }
        let state = try repository.makeStateDirectory()
        context = TransferContext(
            store: store, storeID: format.id.hex,
            state: StateDatabase(path: "\(state)/state.sqlite"), slots: WorkSlots(directory: "\(state)/slots"),
            turns: UploadTurns(directory: try repository.makeUploadDirectory()),
            objectPath: { repository.objectPath($0) }, partialDirectory: "\(repository.lfsDirectory)/modmeta/partial",
            storesWhole: repository.configuration["modmeta.whole"] == "always",
            // There each manifest waits for a push of Git.
            storesSmallWhole: isServer)
    }
}
