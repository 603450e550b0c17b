internal import ModmetaFormats
internal import ModmetaStore
public import ModmetaTransfer

/// The store that a repository's LFS objects go to, opened, with everything its transfers share.
public struct StoreSession: Sendable {
    /// What the transfers share.
    public let context: TransferContext
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
        let url = try StoreURL(endpoint.url, removingLFSSuffix: endpoint.key == "remote")
        let store: any ObjectStore
        let format: StoreFormat
        if case .server(let address) = url.location {
            // The host and its repository are there already, and nobody's files or accounts here are reached for.
            let opening = try ServerOpening(address, for: repository)
            let server = try await opening.open(operation, remote: remote)
            format = try await opening.format(of: server, creates: creates)
            store = RetryingStore(server, policy: .once)
        } else {
            let access = StoreAccess(gitConfiguration: repository.configuration.http)
            // A store that is to be created is a Git repository of the same kind as ours.
            store =
                creates && !endpoint.isCommitted
                ? try await url.create(objectFormat: repository.objectFormat, access)
                : try await url.open(access)
            format = try await store.format()
            // Once it is written down, a collection no longer takes the store's own refs for all there is.
            if operation == .upload, endpoint.isBesideHistory(in: repository, remote: remote) {
                try? await store.noteHistoryElsewhere()
            }
        }
        let state = try repository.makeStateDirectory()
        context = TransferContext(
            store: store, storeID: format.id.hex,
            state: StateDatabase(path: "\(state)/state.sqlite"), slots: WorkSlots(directory: "\(state)/slots"),
            turns: UploadTurns(directory: "\(state)/uploading"),
            objectPath: { repository.objectPath($0) }, partialDirectory: "\(repository.lfsDirectory)/modmeta/partial",
            storesWhole: repository.configuration["modmeta.whole"] == "always")
        history = GitVersionHistory(repository: repository)
    }
}
