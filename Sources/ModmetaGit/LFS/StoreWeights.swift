public import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// Answers whether the store of a repository's LFS objects can rebuild given objects.
public struct StoreWeights: WeightsPresence {
    private let repository: Repository
    private let remote: String

    /// Answers for the store that uploads to a remote go to.
    public init(repository: Repository, remote: String) {
        self.repository = repository
        self.remote = remote
    }

    /// The objects that cannot be rebuilt from the store.
    ///
    /// Nothing is said of objects that go to a server of another kind, as only that server could tell.
    public func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        guard !objects.isEmpty else { return [] }
        let context: TransferContext
        do {
            context = try await StoreSession(.upload, remote: remote, in: repository, creates: false).context
        } catch let error as StoreError where error.code == .noStore {
            return objects.map(\.id)
        } catch let error as StoreError where error.code == .invalidURL {
            return []
        }
        var missing: [ObjectID] = []
        for (object, size) in objects where try await !context.canRebuild(object, size: size) {
            missing.append(object)
        }
        return missing
    }
}
