internal import ModmetaFormats
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

/// Pushes into a bucket: packs first, then a generation that lists them, and all refs with it in one step.
///
/// That no ref leads to missing objects rests on this: what is not sent is reachable from refs of a generation that was
/// read, so it lies in that generation's packs. A later generation that lists all those packs, or still has those refs,
/// has it too; under any other the objects are packed again.
final class BucketTarget: PushTarget {
    let scratch: ScratchDirectory
    let history: BucketHistory
    private let local: LocalRepository
    private let options: RemoteHelperOptions
    private let cache: PackCache
    /// Packs that were made for this push.
    private var made: [MadePack] = []
    private var published: Set<GitObjectName> = []
    /// What the push brings.
    private var tips: Set<GitObjectName> = []
    /// The store's objects that were not sent because refs led to them, and the packs they lie in.
    private var reliedOn: Set<GitObjectName> = []
    private var reliedPacks: Set<ListedPack> = []

    /// How often the next generation is tried; each time that fails another push has succeeded.
    private static let attempts = 200

    init(_ history: BucketHistory, from local: LocalRepository, options: RemoteHelperOptions) throws {
        self.history = history
        self.local = local
        self.options = options
        scratch = try ScratchDirectory()
        cache = try history.cache()
    }

    func refs() async throws -> StoreRefs { try await history.refs(peelingTags: false) }

    func bring(_ tips: Set<GitObjectName>, known: Set<GitObjectName>, isEverythingKnown: Bool) async throws {
        history.files.expectConditions()
        self.tips = tips
        reliedOn = known
        reliedPacks = Set(history.newest?.packs ?? [])
        ScratchDirectory.removeStale()
        if !isEverythingKnown {
            let pack = try await MadePack.make(
                of: tips, beyond: known, in: local.git, at: cache.newBase(), scratch: scratch,
                showsProgress: options.isProgressVisible)
            if let pack {
                made.append(pack)
                try await pack.upload(to: history.files)
            }
        }
        try await checkShallow()
    }

    /// A shallow clone cannot tell what lies behind its end; then the store's own packs are asked.
    private func checkShallow() async throws {
        guard try await local.isShallow() else { return }
        let format = try await local.objectFormat()
        let generation =
            history.newest ?? RefGeneration(number: 1, nonce: .init(), objectFormat: format, refs: .empty, packs: [])
        let mirror = try await history.mirror(
            of: generation, extra: made, showsProgress: options.isProgressVisible)
        guard try await mirror.repository.gap(behind: tips) == nil else {
            throw RemoteHelperError(
                .transfer, "this clone is shallow and the store lacks the older history; run git fetch --unshallow")
        }
    }

    func apply(_ changes: [RefChange], isAtomic: Bool, heads: [String]) async throws -> [ByteString: String] {
        let format = try await local.objectFormat()
        let peeled = try await local.peeled(Set(changes.compactMap(\.new)))
        for attempt in 0..<BucketTarget.attempts {
            if attempt > 0 { try await history.refresh() }
            let base = history.newest
            try await bringAgainIfNeeded(for: base)
            let number = base?.number ?? 0
            var next = RefGeneration(
                number: number + 1, nonce: .init(), objectFormat: format, refs: base?.refs ?? .empty,
                packs: base?.packs ?? [])
            let changed = next.applying(changes, isAtomic: isAtomic, heads: heads, peeled: peeled)
            guard !changed.made.isEmpty else { return changed.refused }
            next.refs = changed.refs
            let listed = Set(next.packs.map(\.name))
            next.packs += made.map(\.listed).filter { !listed.contains($0.name) }
            try await PackPresence(files: history.files).check(next.packs)
            switch try await history.generations.publish(next) {
            case .published:
                history.advance(to: next)
                published.formUnion(next.packs.map(\.name))
                return changed.refused
            case .overtaken(let other):
                history.advance(to: other)
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...min(10 * (attempt + 1), 500))))
        }
        throw RemoteHelperError(.transfer, "the refs of \(history.files.name) keep changing; push again")
    }

    /// Packs the objects again if a newer generation may lack what was relied on.
    private func bringAgainIfNeeded(for base: RefGeneration?) async throws {
        guard let base, !tips.isEmpty else { return }
        if reliedPacks.isSubset(of: base.packs) || reliedOn.isSubset(of: base.refs.tips) { return }
        let known = try await local.present(among: base.refs.tips)
        try await bring(tips, known: known, isEverythingKnown: false)
    }

    func conclude(_ changes: [RefChange], heads: [String]) async throws {
        for pack in made where published.contains(pack.listed.name) { cache.adopt(pack) }
        do {
            try await history.writeDerivedFiles()
        } catch {
            RemoteHelperSession.warn("the files for plain HTTP in \(history.files.name) may be out of date: \(error)")
        }
    }

    func release() { for pack in made { pack.discard() } }
}
