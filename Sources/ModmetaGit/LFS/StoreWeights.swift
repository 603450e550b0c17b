public import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// Answers whether the store of a repository's LFS objects can rebuild given objects.
public actor StoreWeights: WeightsPresence {
    private let repository: Repository
    private let remote: String
    private let endpoint: LFSEndpoint
    private let sendsMissing: Bool
    private var opened: StoreSession?

    /// Answers for the store of an endpoint.
    ///
    /// - Parameters:
    ///   - remote: the remote that led to it.
    ///   - sendsMissing: whether what is missing there is sent, if this repository has it.
    public init(repository: Repository, remote: String, endpoint: LFSEndpoint, sendsMissing: Bool) {
        self.repository = repository
        self.remote = remote
        self.endpoint = endpoint
        self.sendsMissing = sendsMissing
    }

    /// The objects that cannot be rebuilt from the store.
    ///
    /// Nothing is said of objects that go to a server of another kind, as only that server could tell.
    public func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        guard !objects.isEmpty else { return [] }
        do {
            let session = try await session()
            return try await filter(objects) { object, size in
                if try await session.context.canRebuild(object, size: size) { return false }
                // What git-lfs has sent, and a collection deleted before any ref led to it, is sent once more.
                let isOurs = if self.sendsMissing { true } else { try await session.context.wasCollected(object) }
                guard isOurs else { return true }
                return try await !self.send(object, size: size, session)
            }
        } catch let error as StoreError where error.code == .noStore {
            return objects.map(\.id)
        } catch let error as StoreError where error.code == .invalidURL {
            return []
        }
    }

    /// Opens the store, if it is one that is collected.
    public func watch() async throws {
        do {
            let url = try StoreURL(endpoint.url, removingLFSSuffix: endpoint.key == "remote")
            if case .server = url.location { return }
            _ = try await session()
        } catch let error as StoreError where error.code == .noStore || error.code == .invalidURL {
            // Nothing is deleted in a store that is yet to be made, or in one of another kind.
        }
    }

    /// Whether there is no collection now, and was none since the store was opened.
    public func isUndisturbed() async throws -> Bool {
        guard let opened else { return true }
        return try await opened.context.isUndisturbed()
    }

    /// Rescues what is condemned, and uploads again what is gone and is still here.
    ///
    /// - Returns: the objects that are neither in the store nor here.
    public func secure(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        guard let opened else { return try await missing(among: objects) }
        return try await filter(objects) { object, size in
            if try await opened.context.secure(object, size: size) { return false }
            return try await !self.send(object, size: size, opened)
        }
    }

    /// How many objects are asked about at the same time.
    private static let width = 8

    /// The objects of which something holds, each looked at once, in the order they came in.
    private nonisolated func filter(
        _ objects: [(id: ObjectID, size: UInt64)],
        _ holds: @escaping @Sendable (ObjectID, UInt64) async throws -> Bool
    ) async throws -> [ObjectID] {
        var seen: Set<ObjectID> = []
        let objects = objects.filter { seen.insert($0.id).inserted }
        let found = try await objects.concurrentMap(width: Self.width) { try await holds($0.id, $0.size) }
        return zip(objects, found).filter(\.1).map(\.0.id)
    }

    /// Uploads an object; false if it is not here, or not what it should be.
    private nonisolated func send(_ object: ObjectID, size: UInt64, _ session: StoreSession) async throws -> Bool {
        do {
            try await Uploader(context: session.context, history: session.history)
                .upload(object, size: size, path: session.context.objectPath(object)) { _ in }
            return true
        } catch let error as TransferError where error.code == .local || error.code == .changed {
            return false
        }
    }

    private func session() async throws -> StoreSession {
        if let opened { return opened }
        let session = try await StoreSession(
            .upload, at: endpoint, remote: remote, in: repository, creates: sendsMissing)
        // What is found present is present after this look, which `isUndisturbed` goes back to.
        try await session.context.lookForCollections()
        opened = session
        return session
    }
}
