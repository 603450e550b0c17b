internal import Glibc

extension StorePush {
    /// Changes the refs and returns the changes made.
    ///
    /// Refs that somebody else has changed meanwhile stay pending in the ledger.
    func apply(_ plans: [Plan], _ ledger: inout PushLedger) async throws -> [RefChange] {
        guard !plans.isEmpty else { return [] }
        // One transaction for all is fast; where it fails and need not be whole, each ref gets its own.
        var failed: [(plan: Plan, reason: String)] = []
        if let reason = try await store.apply(plans.map(\.change)) {
            failed = plans.map { ($0, reason) }
            if !options.isAtomic, plans.count > 1 { failed = try await applyOneByOne(plans) }
        }
        let failures = Set(failed.map(\.plan.request))
        let made = plans.filter { !failures.contains($0.request) }
        for plan in made { ledger.settle(plan.request) }
        guard !failed.isEmpty else { return made.map(\.change) }

        let refs = try await store.refs()
        // In an atomic push one ref that moved has stopped the others.
        let hasMoved = failed.contains { refs[$0.plan.change.name] != $0.plan.change.old }
        for (plan, reason) in failed {
            let isExcused = options.isAtomic ? hasMoved : refs[plan.change.name] != plan.change.old
            if !isExcused { ledger.refuse(plan.request, reason) }
        }
        return made.map(\.change)
    }

    private func applyOneByOne(_ plans: [Plan]) async throws -> [(plan: Plan, reason: String)] {
        // Deletions come last, so that no object is without a ref in between. A name that a deletion makes free
        // (`a` for `a/b`) is tried again after it.
        var waiting = plans.filter { $0.change.new != nil } + plans.filter { $0.change.new == nil }
        var failed: [(plan: Plan, reason: String)] = []
        while true {
            failed = []
            for plan in waiting {
                if let reason = try await store.apply([plan.change]) { failed.append((plan, reason)) }
            }
            guard !failed.isEmpty, failed.count < waiting.count else { return failed }
            waiting = failed.map(\.plan)
        }
    }

    /// Puts in order what depends on the refs; none of it can fail a push that is done.
    func followUp(_ changes: [RefChange], _ requests: [PushRequest]) async {
        do {
            if let branch = try await headCandidate(changes, requests) { try await store.pointHead(at: branch) }
        } catch {
            RemoteHelperSession.warn("the store's HEAD was left as it is: \(error)")
        }
        do {
            try await store.updateServerInfo()
        } catch {
            RemoteHelperSession.warn("info/refs in the store may be out of date: \(error)")
        }
    }

    /// The branch a clone should check out, if HEAD names none that exists: the current one, or main, or the first.
    private func headCandidate(_ changes: [RefChange], _ requests: [PushRequest]) async throws -> String? {
        let branches = changes.filter { $0.new != nil && $0.name.hasPrefix("refs/heads/") }.map(\.name)
        guard let first = branches.first else { return nil }
        let refs = try await store.refs()
        guard case .branch(let current) = refs.head, refs[current] == nil else { return nil }
        let localBranch = try await local.headBranch()
        let ofCurrent = requests.first { request in
            branches.contains(request.destination) && (request.source == "HEAD" || request.source == localBranch)
        }
        return ofCurrent?.destination ?? branches.first { $0 == "refs/heads/main" } ?? first
    }
}
