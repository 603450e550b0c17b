public import ModmetaNetwork
public import ModmetaStore

/// The Git side of a store in a bucket: its refs, and the packs with its objects.
///
/// A bucket has no locks and no links, so refs change by generations (`RefGeneration`), and git works on a copy of the
/// packs on this machine (`BucketMirror`). See docs/decisions/0010-refs-of-a-bucket-by-generations.md.
public final class BucketHistory {
    /// The bucket.
    let files: any BucketFiles
    /// The generations of refs in it.
    let generations: RefGenerations
    /// The newest generation that was read; nil before the first, or where nothing was pushed yet.
    private(set) var newest: RefGeneration?
    /// What packs are kept in.
    private let store: StoreFormat.ID
    private let stateDirectory: String?
    private var openedCache: PackCache?
    /// What was found while the store was opened, until it is asked for.
    private var found: FoundRefs?

    /// Names the Git side of a store; nothing is read yet.
    ///
    /// - Parameters:
    ///   - files: the store's bucket.
    ///   - store: the store's id.
    ///   - stateDirectory: where packs are kept from one run to the next, as `Repository.stateDirectory`; nil to keep none.
    ///   - found: the refs as they are now, if anybody has looked.
    public init(files: any BucketFiles, store: StoreFormat.ID, stateDirectory: String?, found: FoundRefs? = nil) {
        self.files = files
        self.store = store
        self.stateDirectory = stateDirectory
        self.found = found
        generations = RefGenerations(files: files)
    }

    /// The packs that the newest generation lists, after looking for it; any other is of no use to a reader from now on.
    ///
    /// - Throws: `StoreError`.
    public func listedPacks() async throws -> [ListedPack] { try await refresh()?.packs ?? [] }

    /// Looks for the newest generation.
    @discardableResult
    func refresh() async throws -> RefGeneration? {
        if let found {
            self.found = nil
            newest = found.newest
            return newest
        }
        newest = try await generations.newest(knowing: newest)
        return newest
    }

    /// Takes a generation for the newest, as one that was just published.
    func advance(to generation: RefGeneration) { newest = generation }

    /// Writes the files that stock git reads over plain HTTP, if anything was pushed yet.
    ///
    /// A failure harms no push: the next one writes them again.
    ///
    /// - Throws: `StoreError`.
    public func writeDerivedFiles() async throws {
        guard let newest else { return }
        self.newest = try await DerivedFiles(generations: generations).write(newest)
    }

    /// The packs on this machine.
    func cache() throws -> PackCache {
        if let openedCache { return openedCache }
        // A repository that cannot be written to can still be pushed from.
        let cache = try (try? PackCache(of: store, in: stateDirectory)) ?? PackCache(of: store, in: nil)
        openedCache = cache
        return cache
    }

    /// A repository on this machine with the refs of a generation and all they lead to.
    ///
    /// - Throws: `StoreError.Code.missing` if a pack of it is gone.
    func mirror(of generation: RefGeneration, extra: [MadePack] = [], showsProgress: Bool) async throws -> BucketMirror
    {
        let cache = try cache()
        let name = files.name
        try await cache.bring(generation.packs, from: files, format: generation.objectFormat) { count, total in
            if showsProgress { RemoteHelperSession.progress("Receiving packs from \(name)", count, total) }
        }
        return try await BucketMirror(of: generation, named: name, cache: cache, extra: extra)
    }
}

extension BucketHistory: StoreHistory {
    var chosenFormat: GitObjectFormat? { newest?.objectFormat }

    func refs(peelingTags: Bool) async throws -> StoreRefs { try await refresh()?.refs ?? .empty }

    func fetch(
        _ requests: [FetchRequest], into local: LocalRepository, options: RemoteHelperOptions
    ) async throws -> StoreFetch.Outcome {
        do {
            return try await fetchOnce(requests, into: local, options: options)
        } catch let error as StoreError where error.code == .missing {
            // Packs may have been put together, and the old ones collected, since git asked for the refs.
            try await refresh()
            return try await fetchOnce(requests, into: local, options: options)
        }
    }

    private func fetchOnce(
        _ requests: [FetchRequest], into local: LocalRepository, options: RemoteHelperOptions
    ) async throws -> StoreFetch.Outcome {
        if newest == nil { try await refresh() }
        guard let newest else { throw RemoteHelperError(.badStore, "nothing was pushed to \(files.name) yet") }
        let mirror = try await mirror(of: newest, showsProgress: options.isProgressVisible)
        let outcome = try await StoreFetch(store: mirror.repository, local: local, options: options).run(requests)
        try cache().removeAll(but: newest.packs)
        return outcome
    }

    func pushTarget(from local: LocalRepository, options: RemoteHelperOptions) throws -> any PushTarget {
        try BucketTarget(self, from: local, options: options)
    }
}
