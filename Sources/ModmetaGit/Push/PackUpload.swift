internal import Glibc
internal import ModmetaSystem

/// Brings objects into a store, and protects them there until refs lead to them.
///
/// A `git gc --prune=now` may run in the store at any moment. What we send lies in a pack with a `.keep` file, which gc
/// leaves alone; what we do not send is reachable from refs that were in the store when we looked. So the order is: pack
/// and `.keep`, then a check that nothing is missing, then the refs, then a look whether the refs relied on are still
/// there, and only then the `.keep` file goes.
///
/// A pack whose push failed stays, without its `.keep` file: a gc that ran meanwhile may have left objects to it that
/// it holds as bases of deltas, and the next gc drops what is of no use.
final class PackUpload {
    private let store: StoreRepository
    private let local: LocalRepository
    private let packing: PackStream
    private var keepFiles: [String] = []
    /// The store's objects that were not sent because refs led to them.
    private var reliedOn: Set<GitObjectName> = []
    /// Whether a pack is protected by somebody else's `.keep` file, which may go at any time.
    private var isBorrowing = false

    /// Prepares the way from a repository to a store.
    init(from local: LocalRepository, to store: StoreRepository, options: RemoteHelperOptions) {
        self.store = store
        self.local = local
        packing = PackStream(
            source: local.git, destination: store.view.git,
            packOptions: options.isProgressVisible ? ["--progress", "--all-progress-implied"] : ["-q"],
            indexOptions: [], showsIndexing: false, scratch: store.view.scratch)
    }

    /// Brings what `tips` refer to.
    ///
    /// - Parameters:
    ///   - known: objects that refs of the store name, and that are here as well.
    ///   - isEverythingKnown: whether `tips` add nothing to `known`, so that no pack is needed.
    /// - Throws: `RemoteHelperError.Code.transfer` if the store cannot take them or still lacks something.
    func bring(_ tips: Set<GitObjectName>, known: Set<GitObjectName>, isEverythingKnown: Bool) async throws {
        KeepMark.removeStale(in: packDirectory)
        var reason = ""
        for attempt in 0..<3 {
            do {
                // What we relied on may be gone since we looked; the second time everything is sent.
                reliedOn = attempt == 0 ? known : []
                if attempt > 0 || !isEverythingKnown { try await sendPack(tips, known: reliedOn) }
                guard let gap = try await store.gap(behind: tips) else { return }
                reason = "the store lacks objects that the pushed history needs: \(gap)"
            } catch PackStream.Failure.notTaken(let words) {
                // A prune may have swept away the unfinished pack.
                reason = "the store did not take the objects: \(words)"
                if let advice = GitMessage.storageAdvice(for: words) {
                    release()
                    throw RemoteHelperError(.transfer, "cannot write in \(store.path)/objects: \(words); \(advice)")
                }
            }
            release()
        }
        if try await local.isShallow() {
            reason = "this clone is shallow and the store lacks the older history; run git fetch --unshallow"
        }
        throw RemoteHelperError(.transfer, reason)
    }

    /// Makes sure, after refs have changed, that what they lead to cannot have been pruned on the way.
    func confirm(_ changes: [RefChange]) async throws {
        let tips = Set(changes.compactMap(\.new))
        guard !tips.isEmpty else { return }
        // Our own changes lead from the old objects to the new ones without a gap.
        let own = Set(changes.compactMap(\.old))
        let gone = reliedOn.subtracting(try await store.refs().tips).subtracting(own)
        let isAtRisk = if isBorrowing || gone.isEmpty { isBorrowing } else { try await !store.leadsTo(gone) }
        guard isAtRisk else { return }
        try await sendPack(tips, known: [])
        if let gap = try await store.gap(behind: tips, excludingRefs: false) {
            throw RemoteHelperError(.transfer, "the store lost objects while they were pushed: \(gap); push again")
        }
    }

    /// Ends the protection.
    func release() {
        for file in keepFiles { unlink(file) }
        keepFiles = []
        isBorrowing = false
    }

    private var packDirectory: String { "\(store.path)/objects/pack" }

    private func sendPack(_ tips: Set<GitObjectName>, known: Set<GitObjectName>) async throws {
        do {
            let arrival = try await packing.send(tips, known: known, keep: KeepMark(owner: .current()).text)
            if arrival.isKept {
                keepFiles.append("\(packDirectory)/pack-\(arrival.packName).keep")
            } else {
                isBorrowing = true
            }
            try SystemCall.synchronize(directory: packDirectory)
        } catch PackStream.Failure.notMade {
            throw RemoteHelperError(.transfer, "git could not pack the objects to push; run git fsck")
        }
    }
}
