public import ModmetaFormats
internal import ModmetaTransfer

/// The agent git-lfs starts: carries objects between the repository it was started in and its store.
public actor StoreAgent: TransferAgent {
    private var operation = TransferOperation.download
    private var remote = ""
    private var opened: Task<StoreSession, any Error>?
    /// What was downloaded last; git-lfs has moved it away when it sends the next request.
    private var handedOver: PartialFile?

    /// Creates an agent that has not opened anything yet.
    public init() {}

    /// Notes what the transfers will be about; the store is opened at the first one.
    public func begin(_ operation: TransferOperation, remote: String) {
        self.operation = operation
        self.remote = remote
    }

    /// Stores an object, creating the store where there is none.
    public func upload(
        _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let session = try await session()
        try await Uploader(context: session.context, history: session.history)
            .upload(object, size: size, path: path, progress: progress)
    }

    /// Rebuilds an object and returns the path of the complete file.
    public func download(
        _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> String {
        handedOver = nil
        let file = try await Downloader(context: try await session().context)
            .download(object, size: size, progress: progress)
        handedOver = file
        return file.path
    }

    /// Lets go of the last download and removes partial ones that were given up long ago.
    public func finish() async {
        handedOver = nil
        if operation == .download, let session = try? await opened?.value {
            PartialFile.sweep(session.context.partialDirectory)
        }
    }

    /// The session, opened once; a failure is final for this agent, as git-lfs starts no other.
    private func session() async throws -> StoreSession {
        if let opened { return try await opened.value }
        let task = Task { [operation, remote] in
            try await StoreSession(
                operation, remote: remote, in: try await Repository.discover(), creates: operation == .upload)
        }
        opened = task
        return try await task.value
    }
}
