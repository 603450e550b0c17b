internal import ModmetaFormats

/// Carries out a push batch against a store that exists.
struct StorePush {
    /// Where to.
    var target: any PushTarget
    /// Where from.
    var local: LocalRepository
    /// What git was asked for.
    var options: RemoteHelperOptions
    /// The refs as git was told; nil if it did not ask.
    var listed: StoreRefs?
    /// The remote's name, or its URL.
    var remote: String
    /// Finds the weights that the push answers for.
    var weights: @Sendable () async throws -> PushedWeights
    /// Reads the refs of another store, by its address; nil if they are not to be had without fetching them.
    var siblingRefs: @Sendable (_ address: String) async throws -> StoreRefs? = { _ in nil }

    /// A request that may go ahead.
    struct Plan: Sendable {
        var request: PushRequest
        var change: RefChange
    }

    /// How often refs that somebody else changes under our hands are looked at again.
    private static let rounds = 5

    /// What a push leads to, for a second look at its weights once the refs have changed.
    struct Promise {
        /// Knows the weights, and watches for collections since before the refs were read.
        var weights: any WeightsPresence
        /// The refs as they were when the new objects were told from the known ones.
        var refs: StoreRefs
        /// What the tips add to those refs; nil if they add nothing.
        var new: NewObjects?
    }

    /// Pushes, and says what became of each ref.
    func run(_ requests: [PushRequest]) async throws -> [PushResult] {
        let sources = try await local.resolve(Set(requests.map(\.source).filter { !$0.isEmpty }.map { ByteString($0) }))
        let heads = try await heads(requests)
        defer { target.release() }
        var ledger = PushLedger(requests, isAtomic: options.isAtomic)
        var done: [RefChange] = []
        var promise: Promise?
        let weights = try await watchedWeights(for: requests)
        for round in 0..<StorePush.rounds where !ledger.pending.isEmpty {
            let refs = try await target.refs()
            var plans = try await decide(ledger.pending, sources, by: refs, &ledger)
            if options.isDryRun {
                for plan in plans { ledger.settle(plan.request) }
                break
            }
            if round == 0 { plans = try await bring(plans, to: refs, weights, &ledger, &promise) }
            done += try await apply(plans, heads, &ledger)
        }
        for request in ledger.pending { ledger.refuse(request, PushRefusal.restless) }
        if let promise { done = try await keep(promise, done, requests, &ledger) }
        if !done.isEmpty { try await target.conclude(done, heads: heads) }
        return ledger.results
    }

    /// The weights that the push answers for, watched from before the refs are read; nil if it answers for none.
    private func watchedWeights(for requests: [PushRequest]) async throws -> PushedWeights? {
        guard !options.isDryRun, requests.contains(where: { !$0.isDeletion }),
            try await local.flag("modmeta.allowIncompletePush") != true
        else { return nil }
        let weights = try await weights()
        try await weights.presence.watch()
        return weights
    }

    /// Sorts requests by git's rules and the store's refs; the ledger takes those that end here.
    private func decide(
        _ requests: [PushRequest], _ sources: [ByteString: LocalRepository.Object], by refs: StoreRefs,
        _ ledger: inout PushLedger
    ) async throws -> [Plan] {
        let rules = PushRules(refs: refs, listed: listed, options: options)
        var plans: [Plan] = []
        for request in requests {
            switch try await rules.decide(request, pushed: sources[ByteString(request.source)], relation: relation) {
            case .settled: ledger.settle(request)
            case .refuse(let reason): ledger.refuse(request, reason)
            case .change(let change): plans.append(Plan(request: request, change: change))
            }
        }
        return ledger.isOver ? [] : plans
    }

    private func relation(_ old: GitObjectName, _ new: LocalRepository.Object) async throws -> PushRules.Relation {
        guard let known = try await local.resolve([ByteString(old.hex)])[ByteString(old.hex)] else { return .unknown }
        guard known.type == "commit", new.type == "commit" else { return .notCommits }
        return try await local.isAncestor(old, of: new.name) ? .fastForward : .diverged
    }

    /// Checks the weights and brings the objects; returns the plans that may still go ahead.
    private func bring(
        _ plans: [Plan], to refs: StoreRefs, _ weights: PushedWeights?, _ ledger: inout PushLedger,
        _ promise: inout Promise?
    ) async throws -> [Plan] {
        var plans = plans
        var tips = Set(plans.compactMap(\.change.new))
        guard !tips.isEmpty else { return plans }
        let known = try await local.present(among: refs.tips)
        var new = try await newObjects(tips, beyond: known)
        if let weights {
            let pointers = PointerGuard(local: local, weights: weights.presence)
            let count = plans.count
            if new.count > 0, try await pointers.gap(in: new) != nil {
                plans = try await passing(plans, pointers, beyond: known, weights, &ledger)
            }
            plans = try await passingSiblings(plans, weights, beyond: known, &ledger)
            if plans.count != count {
                tips = Set(plans.compactMap(\.change.new))
                guard !tips.isEmpty else { return plans }
                new = try await newObjects(tips, beyond: known)
            }
            promise = Promise(weights: weights.presence, refs: refs, new: new.count > 0 ? new : nil)
        }
        do {
            try await target.bring(tips, known: known, isEverythingKnown: new.count == 0)
            return plans
        } catch let error as RemoteHelperError where error.code == .transfer {
            for plan in plans where plan.change.new != nil { ledger.refuse(plan.request, error.message) }
            return ledger.isOver ? [] : plans.filter { $0.change.new == nil }
        }
    }

    /// Refuses each plan that weights are missing for; returns the others.
    ///
    /// - Parameter store: the store that lacks them, if it is not the one at hand.
    func passing(
        _ plans: [Plan], _ pointers: PointerGuard, beyond known: Set<GitObjectName>, _ weights: PushedWeights,
        in store: String? = nil, _ ledger: inout PushLedger
    ) async throws -> [Plan] {
        var passing: [Plan] = []
        for plan in plans {
            if let tip = plan.change.new,
                let gap = try await pointers.gap(in: try await newObjects([tip], beyond: known))
            {
                ledger.refuse(plan.request, reason(for: gap, weights, in: store, plan.request))
            } else {
                passing.append(plan)
            }
        }
        return ledger.isOver ? [] : passing
    }

    private func reason(
        for gap: PointerGuard.Gap, _ weights: PushedWeights, in store: String?, _ request: PushRequest
    ) -> String {
        let more = gap.count > 1 ? " and \(gap.count - 1) more" : ""
        if let damage = gap.damage {
            return "damaged pointer: \(gap.path)\(more): \(damage), so git-lfs brings no weights for it "
                + "(put the file there again with git add; a text about pointers: shorten the object's name in it)"
        }
        let prefix = ["refs/heads/", "refs/tags/"].first { request.source.hasPrefix($0) } ?? ""
        let ref = request.source.dropFirst(prefix.count)
        let place = store.map { " in \($0)" } ?? ""
        if weights.sendsMissing {
            let fetch: ShellCommand =
                LFSEndpoint.isURL(remote) ? "git lfs fetch --all" : "git lfs fetch --all \(remote)"
            return "weights missing\(place), and not in this repository: \(gap.path)\(more) "
                + "(run: \(fetch), then push again)"
        }
        // Without --all git-lfs leaves out what it takes for pushed, whatever the store has.
        return "weights missing\(place): \(gap.path)\(more) "
            + "(run: \(command: "git lfs push --all \(remote) \(ref)"))"
    }

    func newObjects(_ tips: Set<GitObjectName>, beyond known: Set<GitObjectName>) async throws -> NewObjects {
        try await NewObjects(tips, beyond: known, in: local, scratch: target.scratch)
    }
}
