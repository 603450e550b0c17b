internal import ModmetaFormats

/// Decides what a push may do to a store's refs, by git's rules.
struct PushRules: Sendable {
    /// How a ref's object relates to the one pushed.
    enum Relation: Sendable {
        /// The ref's object is not in the local repository.
        case unknown
        /// One of them is no commit.
        case notCommits
        /// The ref's commit is an ancestor of the one pushed.
        case fastForward
        /// The ref's commit would be lost.
        case diverged
    }

    /// A verdict about one ref.
    enum Decision: Equatable, Sendable {
        /// The ref is as it shall be.
        case settled
        /// The ref may change.
        case change(RefChange)
        /// The ref must stay, for this reason.
        case refuse(String)
    }

    /// The refs as they are now.
    var refs: StoreRefs
    /// The refs as git was told, hours ago perhaps; nil if it did not ask.
    var listed: StoreRefs?
    /// What git was asked for.
    var options: RemoteHelperOptions

    /// Decides about one ref.
    ///
    /// - Parameters:
    ///   - pushed: the object to push; nil for a deletion, or if the source names none.
    ///   - relation: finds out how two different objects relate; called only where it matters.
    func decide(
        _ request: PushRequest, pushed: LocalRepository.Object?,
        relation: (_ old: GitObjectName, _ new: LocalRepository.Object) async throws -> Relation
    ) async rethrows -> Decision {
        let name = request.destination
        let old = refs[name]
        let isNameFine = request.isDeletion ? RefName.isValid(name) : RefName.isPushable(name)
        guard isNameFine else { return .refuse(PushRefusal.funnyName) }
        let lease = options.leases[ByteString(name)]
        if let lease, lease != old, !(lease.isNull && old == nil) { return .refuse(PushRefusal.staleInfo) }

        guard !request.isDeletion else { return decideDeletion(of: name, holding: old, isLeased: lease != nil) }
        guard let pushed else { return .refuse(PushRefusal.noMatch) }
        if name.hasPrefix("refs/heads/"), pushed.type != "commit" { return .refuse(PushRefusal.notCommit) }
        guard let old else {
            let isUnexpected = listed?[name] != nil && lease == nil
            return isUnexpected
                ? .refuse(PushRefusal.staleInfo) : .change(RefChange(name: name, old: nil, new: pushed.name))
        }
        if old == pushed.name { return .settled }
        let change = Decision.change(RefChange(name: name, old: old, new: pushed.name))
        if lease != nil { return change }
        // Force is meant for what git showed, not for what somebody has pushed since.
        if request.isForced || options.isForced { return isAsListed(name) ? change : .refuse(PushRefusal.staleInfo) }
        if name.hasPrefix("refs/tags/") { return .refuse(PushRefusal.alreadyExists) }
        switch try await relation(old, pushed) {
        case .fastForward: return change
        case .unknown: return .refuse(PushRefusal.fetchFirst)
        case .diverged: return .refuse(PushRefusal.nonFastForward)
        case .notCommits: return .refuse(PushRefusal.needsForce)
        }
    }

    private func decideDeletion(of name: String, holding old: GitObjectName?, isLeased: Bool) -> Decision {
        guard let old else { return .settled }
        if refs.head == .branch(name) { return .refuse(PushRefusal.currentBranch) }
        guard isLeased || isAsListed(name) else { return .refuse(PushRefusal.staleInfo) }
        return .change(RefChange(name: name, old: old, new: nil))
    }

    private func isAsListed(_ name: String) -> Bool { listed.map { $0[name] == refs[name] } ?? true }
}
