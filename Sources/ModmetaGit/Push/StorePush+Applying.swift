internal import ModmetaFormats

extension StorePush {
    /// Changes the refs and returns the changes made.
    ///
    /// Refs that somebody else has changed meanwhile stay pending in the ledger.
    func apply(_ plans: [Plan], _ heads: [String], _ ledger: inout PushLedger) async throws -> [RefChange] {
        guard !plans.isEmpty else { return [] }
        let refused = try await target.apply(plans.map(\.change), isAtomic: options.isAtomic, heads: heads)
        let made = plans.filter { refused[ByteString($0.change.name)] == nil }
        for plan in made { ledger.settle(plan.request) }
        guard !refused.isEmpty else { return made.map(\.change) }

        let failed = plans.filter { refused[ByteString($0.change.name)] != nil }
        let refs = try await target.refs()
        // In an atomic push one ref that moved has stopped the others.
        let hasMoved = failed.contains { refs[$0.change.name] != $0.change.old }
        for plan in failed {
            let isExcused = options.isAtomic ? hasMoved : refs[plan.change.name] != plan.change.old
            if !isExcused { ledger.refuse(plan.request, refused[ByteString(plan.change.name)] ?? PushRefusal.restless) }
        }
        return made.map(\.change)
    }

    /// The branches a clone could check out, if HEAD names none that exists: the current one, then main, then the others.
    func heads(_ requests: [PushRequest]) async throws -> [String] {
        let branches = requests.filter { !$0.isDeletion && $0.destination.hasPrefix("refs/heads/") }
        guard !branches.isEmpty else { return [] }
        let localBranch = try await local.headBranch()
        let ofCurrent = branches.first { $0.source == "HEAD" || $0.source == localBranch }?.destination
        let names = branches.map(\.destination)
        return (ofCurrent.map { [$0] } ?? []) + names.filter { $0 == "refs/heads/main" } + names
    }
}
