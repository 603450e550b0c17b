public import ModmetaFormats
internal import ModmetaTransfer

/// The agent git-lfs starts: carries objects between the repository it was started in and its store.
public actor StoreAgent: TransferAgent {
    private var operation = TransferOperation.download
    private var remote = ""
    private var opened: Task<StoreSession, any Error>?

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
        try await Downloader(context: try await session().context).download(object, size: size, progress: progress)
    }

    /// Has nothing to release: whatever is durable is so before a transfer completes.
    public func finish() {}

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
