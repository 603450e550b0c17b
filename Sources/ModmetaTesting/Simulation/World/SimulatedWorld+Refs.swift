internal import ModmetaFormats
internal import ModmetaStore

/// A model of the remote helper: refs are one register per branch, moved only by compare-and-swap.
extension SimulatedWorld {
    func commit(_ index: Int) -> SimulationScenario.Commit { with { $0.commits[index] } }

    /// Adds a commit.
    func add(_ commit: SimulationScenario.Commit) -> Int {
        with { state in
            state.commits.append(commit)
            return state.commits.count - 1
        }
    }

    /// The commits from one back to the root, newest first.
    func ancestors(of tip: Int?) -> [Int] {
        with { state in
            var found: [Int] = []
            var next = tip
            while let commit = next {
                found.append(commit)
                next = state.commits[commit].parent
            }
            return found
        }
    }

    /// The current refs.
    func refs(for process: SimulatedProcess) async throws -> [String: Int] {
        let fault = try await enter(.readRefs, nil, process: process)
        var refs = with { $0.refs }
        if scheduler.now < process.refsAway, let hidden = refs.keys.sorted().last {
            guard mutation == .ignoresRefErrors else {
                throw StoreError(.system, "some of the refs cannot be listed")
            }
            refs[hidden] = nil
        }
        try leave(fault, process: process)
        return refs
    }

    /// Moves a branch back after a push that turned out to lack weights.
    func rollBack(_ branch: String, from tip: Int, to old: Int?, process: SimulatedProcess) async throws {
        let fault = try await enter(.moveRef, nil, process: process)
        if with({ $0.refs[branch] }) == tip {
            with { $0.refs[branch] = old }
            note("\(branch) is taken back from commit \(tip)")
            mix("\(branch)\(tip) taken back")
        }
        try leave(fault, process: process)
    }

    /// Moves a branch if it is still where it is expected.
    ///
    /// - Parameters:
    ///   - guarded: the objects that the guard found in the store.
    ///   - losses: the number of losses when it checked.
    /// - Returns: whether the branch was moved.
    func move(
        _ branch: String, from expected: Int?, to tip: Int, guarded: [ObjectID], losses: Int,
        process: SimulatedProcess
    ) async throws -> Bool {
        let fault = try await enter(.moveRef, nil, process: process)
        let current = with { $0.refs[branch] }
        guard current == expected || mutation == .movesRefBlindly else {
            try leave(fault, process: process)
            return false
        }
        with { $0.refs[branch] = tip }
        process.isCommitting = scenario.maintenance.collects
        note("\(branch) leads to commit \(tip)")
        mix("\(branch)\(tip)")
        let history = ancestors(of: tip)
        if let current, !history.contains(current) {
            violate(.nothingAcknowledgedIsLost, "\(branch) was at commit \(current) and leads to \(tip) without it")
        }
        // After a loss, a push is responsible only for what it checked.
        let answeredFor = losses == 0 ? history.flatMap { commit($0).objects } : guarded
        // With collections, the push is not done yet: it sends again what is gone.
        for object in self.losses == losses && !scenario.maintenance.collects ? answeredFor : []
        where await !isWhole(object) {
            violate(.refsLeadToObjects, "\(branch) leads to object \(object), which cannot be rebuilt")
        }
        try leave(fault, process: process)
        return true
    }
}
