internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

extension BucketHistory {
    /// What putting packs together came to.
    public struct Consolidation: Equatable, Sendable {
        /// How many packs were listed before.
        public var packsBefore: Int
        /// How many are listed now.
        public var packsAfter: Int
    }

    /// How often putting packs together is begun anew because a push came in between.
    private static let consolidationAttempts = 5

    /// Puts all packs together into one, with what the refs lead to and nothing else.
    ///
    /// The old packs stay in the bucket for readers that are under way; a collector removes them later.
    ///
    /// - Parameter leastPacks: with fewer packs nothing is done.
    /// - Throws: `StoreError.Code.unavailable` if pushes keep coming.
    public func consolidate(leastPacks: Int = 2) async throws -> Consolidation {
        let cache = try cache()
        let scratch = try ScratchDirectory()
        for _ in 0..<BucketHistory.consolidationAttempts {
            guard let base = try await refresh(), base.packs.count >= max(leastPacks, 2) else {
                let count = newest?.packs.count ?? 0
                return Consolidation(packsBefore: count, packsAfter: count)
            }
            let mirror = try await mirror(of: base, showsProgress: false)
            var tips = base.refs.tips
            if case .detached(let object) = base.refs.head { tips.insert(object) }
            let pack = try await MadePack.make(
                of: tips, beyond: [], in: mirror.repository.view.git, at: cache.newBase(), scratch: scratch,
                showsProgress: false)
            defer { pack?.discard() }
            try await pack?.upload(to: files)
            var next = base
            next.number += 1
            next.nonce = .init()
            next.packs = pack.map { [$0.listed] } ?? []
            try await PackPresence(files: files).check(next.packs)
            // A generation of somebody else may rely on objects that only the old packs have, so it is not built upon.
            guard case .published = try await generations.publish(next) else { continue }
            advance(to: next)
            if let pack { cache.adopt(pack) }
            try await writeDerivedFiles()
            return Consolidation(packsBefore: base.packs.count, packsAfter: next.packs.count)
        }
        throw StoreError(.unavailable, "pushes to \(files.name) keep coming; put its packs together later")
    }
}
