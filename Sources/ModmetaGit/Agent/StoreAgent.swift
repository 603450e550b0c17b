public import ModmetaFormats
internal import ModmetaTransfer

/// The agent git-lfs starts: carries objects between the repository it was started in and its store, or stores.
public actor StoreAgent: TransferAgent {
    private let start = ContinuousClock.now
    private var operation = TransferOperation.download
    private var remote = ""
    private var found: Task<Repository, any Error>?
    private var opened: Task<[StoreSession], any Error>?
    /// What was downloaded last; git-lfs has moved it away when it sends the next request.
    private var handedOver: PartialFile?

    /// Creates an agent that has not opened anything yet.
    public init() {}

    /// Notes what the transfers will be about; the store is opened at the first one.
    public func begin(_ operation: TransferOperation, remote: String) {
        self.operation = operation
        self.remote = remote
    }

    /// Stores an object in every store that history is pushed to, creating those that are absent.
    public func upload(
        _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        // Before the stores are opened, so that the other agents see early what is coming.
        let turn = try await UploadTurns(directory: repository().makeUploadDirectory()).take(object)
        let startUp = opened == nil ? ContinuousClock.now - start : nil
        let sessions = try await sessions()
        let count = UInt64(sessions.count)
        try await Uploader(context: sessions[0].context, history: sessions[0].history)
            .upload(under: turn, startUp: startUp, size: size, path: path) { progress($0 / count) }
        // A turn is for one store: who waited for this object in the first goes on now.
        for (index, session) in sessions.enumerated().dropFirst() {
            let done = size / count * UInt64(index)
            try await Uploader(context: session.context, history: session.history)
                .upload(object, size: size, path: path) { progress(done + $0 / count) }
        }
        progress(size)
    }

    /// Rebuilds an object and returns the path of the complete file.
    public func download(
        _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> String {
        handedOver = nil
        do {
            let file = try await Downloader(context: try await sessions()[0].context)
                .download(object, size: size, progress: progress)
            handedOver = file
            return file.path
        } catch  where !(error is CancellationError) {
            // git's own advice after a failed clone leaves an index without any file.
            guard (try? await Repository.discover().isBeforeFirstCheckout) == true else { throw error }
            throw LFSAgentError(
                .inputOutput, "\(error); once that is mended, complete the clone with `git reset --hard`")
        }
    }

    /// Lets go of the last download and removes partial ones that were given up long ago.
    public func finish() async {
        handedOver = nil
        if operation == .download, let session = try? await opened?.value.first {
            PartialFile.sweep(session.context.partialDirectory)
        }
    }

    /// The repository git-lfs works for.
    private func repository() async throws -> Repository {
        if let found { return try await found.value }
        let task = Task { try await Repository.discover() }
        found = task
        return try await task.value
    }

    /// The sessions, one for each store, opened once; a failure is final for this agent, as git-lfs starts no other.
    private func sessions() async throws -> [StoreSession] {
        if let opened { return try await opened.value }
        let task = Task { [operation, remote] in
            let repository = try await repository()
            guard operation == .upload else {
                return [try await StoreSession(operation, remote: remote, in: repository, creates: false)]
            }
            let destinations = try await UploadDestinations.find(remote: remote, in: repository)
            try destinations.check(remote: remote)
            var sessions: [StoreSession] = []
            for endpoint in destinations.endpoints {
                do {
                    sessions.append(
                        try await StoreSession(operation, at: endpoint, remote: remote, in: repository, creates: true))
                } catch  where destinations.endpoints.count > 1 {
                    throw LFSAgentError(
                        .inputOutput, "this push goes to \(endpoint.shownURL) too, which cannot be used: \(error)")
                }
            }
            return sessions
        }
        opened = task
        return try await task.value
    }
}
