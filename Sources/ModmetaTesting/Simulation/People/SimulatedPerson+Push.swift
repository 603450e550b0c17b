internal import ModmetaFormats
internal import ModmetaTransfer

extension SimulatedPerson {
    /// Makes one push after another, retrying each until it lands.
    func pushAll(_ pushes: [SimulationScenario.Push]) async {
        var offset: Int?
        for push in pushes {
            var tip = push.tip
            // Work that was rebased onto another person's continues from there.
            if let before = offset {
                let objects = world.commit(tip).objects
                tip = world.add(SimulationScenario.Commit(parent: before, objects: objects))
                offset = tip
            }
            while true {
                guard let outcome = await command("push", { try await pushOnce(push.branch, tip: tip, process: $0) })
                else { return }
                if outcome == .done { break }
                guard let merged = await rebase(tip, onto: push.branch) else { return }
                (tip, offset) = (merged, merged)
            }
        }
    }

    /// One `git push`: list refs, send the weights with git-lfs, list refs again, run the guard and move the ref.
    private func pushOnce(_ branch: String, tip: Int, process: SimulatedProcess) async throws -> Outcome {
        let listed = try await world.refs(for: process)
        let history = world.ancestors(of: tip)
        if let current = listed[branch], !history.contains(current) { return .refused }
        let known = Set(listed.values.flatMap { world.ancestors(of: $0) })
        let new = history.reversed().filter { !known.contains($0) }.flatMap { world.commit($0).objects }
        if world.mutation != .skipsGuard || world.draw({ $0.oneIn(2) }) {
            try await upload(new, process: process)
        }
        return try await moveRef(branch, to: tip, history: history, process: process)
    }

    /// Sends objects through the scenario's number of agents.
    func upload(_ objects: [ObjectID], process: SimulatedProcess) async throws {
        let history = world.scenario.hasHistory ? SimulatedHistory(lineage: world.scenario.lineage) : nil
        try await withThrowingTaskGroup(of: Void.self) { group in
            for agent in 0..<world.scenario.agents {
                group.addTask {
                    let context = context(process)
                    for index in stride(from: agent, to: objects.count, by: world.scenario.agents) {
                        let object = objects[index]
                        guard let content = world.scenario.contents[object] else { continue }
                        let losses = world.losses
                        try await Uploader(context: context, history: history).upload(
                            object, size: UInt64(content.count), path: repository.objectPath(object)
                        ) { _ in }
                        try process.check()
                        // Until a ref leads to the objects, a collection may delete them.
                        if !world.scenario.maintenance.collects { await world.acknowledge(object, losses: losses) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func moveRef(
        _ branch: String, to tip: Int, history: [Int], process: SimulatedProcess
    ) async throws -> Outcome {
        let context = context(process, isGuard: !world.scenario.maintenance.collects)
        try await context.lookForCollections()
        for _ in 0..<5 {
            let refs = try await world.refs(for: process)
            let current = refs[branch]
            if let current, current != tip, !history.contains(current), world.mutation != .movesRefBlindly {
                return .refused
            }
            if current == tip || current.map({ world.ancestors(of: $0).contains(tip) }) == true { return .done }
            let known = Set(refs.values.flatMap { world.ancestors(of: $0) })
            let losses = world.losses
            let guarded = history.filter { !known.contains($0) }.flatMap { world.commit($0).objects }
            for object in guarded {
                guard world.mutation != .skipsGuard, let content = world.scenario.contents[object] else { continue }
                if try await context.canRebuild(object, size: UInt64(content.count)) { continue }
                guard try await context.wasCollected(object), try await send(object, context) else {
                    throw TransferError(.missing, "weights missing: object \(object)")
                }
            }
            let isMoved = try await world.move(
                branch, from: current, to: tip, guarded: guarded, losses: losses, process: process)
            if isMoved {
                let kept = try await keep(guarded, branch, history, refs, context, process)
                process.isCommitting = false
                guard let kept else {
                    try await world.rollBack(branch, from: tip, to: current, process: process)
                    throw TransferError(.missing, "a collection deleted weights meanwhile")
                }
                if world.scenario.maintenance.collects { await world.acknowledgePush(kept, losses: losses) }
                return .done
            }
        }
        return .refused
    }

    /// Checks that no collection deleted weights between the guard's check and the change of the ref.
    ///
    /// - Returns: the objects that the push is responsible for; nil if some of them are lost.
    private func keep(
        _ guarded: [ObjectID], _ branch: String, _ history: [Int], _ known: [String: Int], _ context: TransferContext,
        _ process: SimulatedProcess
    ) async throws -> [ObjectID]? {
        if try await context.isUndisturbed() { return guarded }
        var others = try await world.refs(for: process)
        others[branch] = nil
        let isKnownStanding = known.allSatisfy { $0.key == branch || others[$0.key] == $0.value }
        let covered = Set((others.values + (known[branch].map { [$0] } ?? [])).flatMap { world.ancestors(of: $0) })
        let atRisk =
            isKnownStanding ? guarded : history.filter { !covered.contains($0) }.flatMap { world.commit($0).objects }
        // A file changed in the meantime would roll the ref back.
        try repository.restore()
        for object in atRisk {
            guard let content = world.scenario.contents[object] else { continue }
            if try await context.secure(object, size: UInt64(content.count)) { continue }
            guard try await send(object, context) else { return nil }
        }
        return atRisk
    }

    /// Sends an object again.
    private func send(_ object: ObjectID, _ context: TransferContext) async throws -> Bool {
        guard let content = world.scenario.contents[object], repository.has(object) else { return false }
        try await Uploader(context: context, history: nil).upload(
            object, size: UInt64(content.count), path: repository.objectPath(object)
        ) { _ in }
        return true
    }

    /// Fetches the branch and puts a commit on top of it.
    private func rebase(_ tip: Int, onto branch: String) async -> Int? {
        let objects = world.commit(tip).objects
        let merged = SimulatedFetchResult()
        let outcome = await command("fetch") { process in
            guard let current = try await world.refs(for: process)[branch] else { return .done }
            let context = context(process)
            for object in world.commit(current).objects where !repository.has(object) {
                try await fetch(object, context: context)
            }
            merged.commit = current
            return .done
        }
        guard outcome != nil else { return nil }
        return world.add(SimulationScenario.Commit(parent: merged.commit ?? world.commit(tip).parent, objects: objects))
    }

    /// Reads what the refs lead to at random intervals, like a clone while others push.
    func readRepeatedly() async {
        for _ in 0..<3 {
            let pause = Duration.milliseconds(world.draw { $0.pick(50..<3000) })
            try? await world.scheduler.wait(pause, process: SimulatedProcess(person: number))
            let outcome = await command("fetch") { process in
                let refs = try await world.refs(for: process)
                guard !refs.isEmpty else { return .missing }
                let tip = world.draw { $0.pick(refs.values.sorted()) }
                let context = context(process)
                for object in world.commit(tip).objects {
                    if world.draw({ $0.oneIn(2) }) { repository.forget(object) }
                    try await fetch(object, context: context)
                }
                return .done
            }
            if outcome == nil { return }
        }
    }
}

/// The result of a fetch; set by the one task that runs it.
private final class SimulatedFetchResult {
    var commit: Int?
}
