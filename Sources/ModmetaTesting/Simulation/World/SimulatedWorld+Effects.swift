internal import ModmetaFormats
internal import ModmetaStore

extension SimulatedWorld {
    /// Waits for the moment of an effect and chooses its fault.
    ///
    /// - Returns: the fault of the effect itself; faults before it have already occurred.
    /// - Throws: the error that the caller sees if the effect does not take place.
    func enter(
        _ effect: SimulatedEffect, _ key: ObjectKey?, process: SimulatedProcess
    ) async throws -> SimulatedFault? {
        try await scheduler.wait(latency(), process: process)
        if violation != nil { throw Over() }
        try countStep()
        try checkOutage(of: process)
        let fault = drawFault(effect, key, of: process)
        note("person \(process.person) \(effect.rawValue) \(key?.path ?? "") \(fault?.rawValue ?? "")")
        // Names of deletion lists are random.
        let name = key?.isCondemnedList == true ? "list" : key?.path ?? ""
        mix("\(process.person)\(effect.rawValue)\(name)\(fault?.rawValue ?? "")")
        switch fault {
        case .delay: try await scheduler.wait(.seconds(draw { $0.pick(10..<300) }), process: process)
        case .clockJump:
            with { $0.hasJumped = true }
            scheduler.jump(by: draw { $0.pick(-2_600_000..<2_600_000) })
        case .reset: throw StoreError(.unavailable, "the connection was reset")
        case .busy:
            throw StoreError(.unavailable, "the store is busy", retryAfter: .seconds(draw { $0.pick(1..<30) }))
        case .outage:
            let end = scheduler.now + .seconds(3600)
            with { state in
                state.outages[process.person] = end
                state.failuresInOutage = 0
            }
            throw StoreError(.unavailable, "the store does not answer")
        case .killBefore: try kill(process)
        case .powerCut: try kill(process, withPower: true)
        case .localChange: try changeFile(of: process.person)
        case .storeCrash: await crashStore()
        case .loss: await losePayload()
        case .unreadable: throw StoreError(.system, "cannot read: Input/output error")
        case .unlistable: process.refsAway = scheduler.now + .milliseconds(draw { $0.pick(10..<20_000) })
        case .manifestsAway: process.manifestsAway = scheduler.now + .milliseconds(draw { $0.pick(10..<20_000) })
        default: return fault
        }
        return nil
    }

    /// Throws if the fault hides from the caller that the effect took place.
    func leave(_ fault: SimulatedFault?, process: SimulatedProcess) throws {
        switch fault {
        case .lostAcknowledgement: throw StoreError(.unavailable, "the connection was reset before the answer")
        case .torn: throw StoreError(.unavailable, "the connection was reset in the middle of the request")
        case .killAfter, .tornByKill: try kill(process)
        default: break
        }
    }

    private func latency() -> Duration {
        draw { .microseconds($0.oneIn(16) ? $0.pick(50_000..<500_000) : $0.pick(500..<20_000)) }
    }

    private func countStep() throws {
        let isOver = with { state in
            state.step += 1
            return state.step > Self.stepLimit
        }
        guard isOver else { return }
        violate(.retryEnds, "\(Self.stepLimit) effects without an end")
        throw Over()
    }

    private func drawFault(
        _ effect: SimulatedEffect, _ key: ObjectKey?, of process: SimulatedProcess
    ) -> SimulatedFault? {
        let possible = SimulatedFault.possible(at: effect, of: process, in: scenario)
        let limit = (faults: scenario.faultLimit, first: scenario.firstFault, interval: scenario.faultInterval)
        return with { state in
            var fault: SimulatedFault?
            let isDue = state.faults == 0 && state.step >= limit.first
            let isMaintenance = process.role == .collection || process.role == .copy
            if isMaintenance {
                // Maintenance has a budget of its own, because it makes few of the effects.
                if !state.isCalm, state.maintenanceFaults < 6, state.random.oneIn(8) {
                    fault = state.random.pick(possible)
                    state.maintenanceFaults += 1
                }
            } else if !state.isCalm, state.faults < limit.faults, isDue || state.random.oneIn(limit.interval) {
                fault = state.random.pick(possible)
            }
            if let key, fault == .flipped || fault == .truncated {
                // Bytes damaged at every read are damaged for good; no client can tell the difference.
                state.damagedReadings[key, default: 0] += 1
                if state.damagedReadings[key, default: 0] >= RetryingStore.readings { fault = nil }
            } else if let key {
                state.damagedReadings[key] = nil
            }
            if fault != nil { state.faults += 1 }
            state.coverage.count(effect, fault)
            return fault
        }
    }

    private func checkOutage(of process: SimulatedProcess) throws {
        let now = scheduler.now
        let isOut = with { state in
            guard let end = state.outages[process.person], now < end else {
                state.outages[process.person] = nil
                return false
            }
            state.failuresInOutage += 1
            return true
        }
        guard isOut else { return }
        if with({ $0.failuresInOutage > Self.outageLimit }) {
            violate(.retryEnds, "a store that does not answer is asked forever")
        }
        throw StoreError(.unavailable, "the store does not answer")
    }

    private func kill(_ process: SimulatedProcess, withPower: Bool = false) throws {
        scheduler.kill(process, withPower: withPower)
        throw SimulatedProcess.Killed()
    }

    /// Changes one of a person's files.
    private func changeFile(of person: Int) throws {
        guard person < repositories.count else { return }
        let repository = repositories[person]
        let objects = scenario.contents.keys.sorted().filter { repository.has($0) }
        guard !objects.isEmpty else { return }
        var random = draw { $0.fork() }
        try repository.change(random.pick(objects), random: &random)
    }

    /// Loses nothing if the store flushes what it acknowledges.
    private func crashStore() async {
        guard mutation == .skipsFsync else { return }
        let lost = with { state in
            let step = state.step
            return state.unflushed.filter { $0.step + 12 > step }.map(\.key)
        }
        for key in lost { try? await truth.delete(key) }
        await recheck()
    }

    /// Removes a payload from the store; the objects that need it are nobody's fault until they are pushed again.
    private func losePayload() async {
        var payloads: [Digest] = []
        try? await truth.list(.objects) { payloads.append($0.digest) }
        guard !payloads.isEmpty else { return }
        payloads.sort()
        let lost = draw { $0.pick(payloads) }
        try? await truth.delete(.payload(PayloadID(lost)))
        let known = with { state in
            state.losses += 1
            state.whole = []
            return state.acknowledged
        }
        for object in known.sorted() where await !isWhole(object) {
            with { _ = $0.acknowledged.remove(object) }
        }
    }
}
