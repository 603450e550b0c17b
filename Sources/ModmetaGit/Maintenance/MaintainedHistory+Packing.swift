internal import Glibc
internal import ModmetaNetwork
internal import ModmetaStore

extension MaintainedHistory {
    /// How many packs a store has, and how many it had.
    public struct Packing: Hashable, Sendable {
        /// The number before.
        public var before: Int
        /// The number now.
        public var after: Int
    }

    /// With fewer packs than this in a bucket nothing is done: there one pack is made of all.
    private static let leastPacksOfBucket = 10

    /// Puts many small packs together, and in a directory loose objects; nil for a store without packs of its own.
    ///
    /// In a directory no object is dropped, and packs that a push protects by a `.keep` file are left alone, so it may run at any time. A
    /// large pack is not written again for a few small ones (`git repack --geometric`).
    ///
    /// - Parameter isRehearsal: whether only to count.
    public func consolidate(isRehearsal: Bool = false) async throws -> Packing? {
        let store: StoreRepository
        switch place {
        case .directory(let repository): store = repository
        case .mirror(let mirror): return try await consolidateBucket(mirror.url, isRehearsal: isRehearsal)
        }
        let directory = "\(store.path)/objects/pack"
        let before = Self.packs(in: directory)
        if isRehearsal { return Packing(before: before, after: before) }
        KeepMark.removeStale(in: directory)
        if before > 1 {
            let output = try await store.view.git.output(["repack", "-d", "-q", "--geometric=2"])
            guard output.status == 0 else {
                throw RemoteHelperError(
                    .badStore, "the packs of the store at \(store.path) could not be put together: \(output.errorLine)")
            }
        }
        _ = try await store.view.git.run(["pack-refs", "--all"])
        try await store.updateServerInfo()
        return Packing(before: before, after: Self.packs(in: directory))
    }

    private func consolidateBucket(_ url: StoreURL, isRehearsal: Bool) async throws -> Packing? {
        guard case .bucket(let name, let prefix) = url.location else { return nil }
        let files = try await StoreAccess.standard().bucket(name, prefix: prefix)
        let id = try await BucketStore.open(files).format.id
        let history = BucketHistory(files: files, store: id, stateDirectory: nil)
        if isRehearsal {
            let count = try await history.listedPacks().count
            return Packing(before: count, after: count)
        }
        let result = try await history.consolidate(leastPacks: Self.leastPacksOfBucket)
        return Packing(before: result.packsBefore, after: result.packsAfter)
    }

    private static func packs(in directory: String) -> Int {
        SystemCall.names(in: directory).count { $0.hasSuffix(".pack") }
    }
}
