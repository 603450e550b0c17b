internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// A person who runs commands, and runs them again until they succeed.
struct SimulatedPerson: Sendable {
    let world: SimulatedWorld
    let number: Int

    var repository: SimulatedRepository { world.repositories[number] }

    /// How a command ended that did not fail with an error.
    enum Outcome: String {
        case done, refused, missing
    }

    /// Runs one command until it ends without an error.
    ///
    /// - Returns: nil if a violation ended the simulation.
    func command(
        _ name: String, role: SimulatedProcess.Role = .transfer, _ body: (SimulatedProcess) async throws -> Outcome
    ) async -> Outcome? {
        var failuresInPeace = 0
        while world.violation == nil {
            let process = SimulatedProcess(person: number, role: role)
            let faults = world.faults
            do {
                let outcome = try await body(process)
                world.count(outcome: "\(name) \(outcome.rawValue)")
                return outcome
            } catch is SimulatedWorld.Over {
                return nil
            } catch  where process.isKilled {
                world.count(outcome: "\(name) killed")
                leaveCrashState(process)
            } catch {
                world.note("person \(number): \(name): \(error)")
                let mayBeMissing = world.losses > 0 || world.scenario.maintenance.collects
                if mayBeMissing, (error as? TransferError)?.code == .missing, name != "push" { return .missing }
                judge(error, of: name)
                // A command may meet the damage of an earlier fault, once.
                failuresInPeace = world.faults == faults ? failuresInPeace + 1 : 0
                // A collection may interfere a few times too.
                if failuresInPeace > (world.scenario.maintenance.collects ? 10 : 2) {
                    world.violate(.retryEnds, "\(name) keeps failing although nothing goes wrong: \(error)")
                }
            }
            guard world.violation == nil else { return nil }
            // Wait until the network is back and the person runs the command again.
            let pause = world.with { $0.outages.removeValue(forKey: number) }.map { $0 - world.scheduler.now }
            try? await world.scheduler.wait(max(pause ?? .zero, .seconds(2)), process: SimulatedProcess(person: number))
        }
        return nil
    }

    private func leaveCrashState(_ process: SimulatedProcess) {
        var random = world.draw { $0.fork() }
        guard number < world.repositories.count else { return }
        do {
            try repository.crash(losesPower: process.lostPower, random: &random)
        } catch {
            world.violate(.simulationIsComplete, "\(error)")
        }
    }

    /// Whether objects may be missing from the store.
    private var mayLack: Bool { world.losses > 0 || world.scenario.maintenance.collects }

    /// Reports errors without a cause as violations.
    private func judge(_ error: any Error, of name: String) {
        switch error {
        case let error as StoreError:
            world.count(outcome: "\(name) failed: store \(error.code.word)")
            if error.code == .corrupt || error.code == .missing, !mayLack {
                world.violate(.noFalseAlarm, "\(name) reports of a valid store: \(error)")
            }
        case let error as TransferError where error.code == .changed:
            world.count(outcome: "\(name) failed: file changed")
            guard (try? repository.restore()) != true else { return }
            world.violate(.noFalseAlarm, "\(name) reports of an unchanged file: \(error)")
        case let error as TransferError:
            world.count(outcome: "\(name) failed: \(error.code == .missing ? "missing" : "corrupt or local")")
            if !mayLack { world.violate(.noFalseAlarm, "\(name) reports of a valid store: \(error)") }
        default:
            world.violate(.noFalseAlarm, "\(name) fails in a way no command should: \(error)")
        }
    }

    /// The transfer context of one of this person's programs.
    ///
    /// - Parameter isGuard: whether it only checks which objects the store has.
    func context(_ process: SimulatedProcess, isGuard: Bool = false) -> TransferContext {
        repository.context(
            store: store(process), process: process, scenario: world.scenario, scheduler: world.scheduler,
            mutation: world.mutation, usesDatabase: world.scenario.hasDatabase && !isGuard)
    }

    /// The store as one of this person's programs sees it.
    func store(_ process: SimulatedProcess, at place: SimulatedStore.Place = .store) -> any ObjectStore {
        let raw = SimulatedStore(world: world, process: process, place: place)
        let policy = RetryPolicy(
            attempts: world.mutation == .retriesForever ? .max : 4,
            sleep: { [scheduler = world.scheduler] in try await scheduler.wait($0, process: process) },
            share: { [world] in world.draw { 0.5 + $0.share() / 2 } })
        var store: any ObjectStore = raw
        if world.scenario.isRemote || world.mutation == .retriesForever { store = RetryingStore(raw, policy: policy) }
        if let mutation = world.mutation { store = MutatedStore(store, raw: raw, mutation: mutation, policy: policy) }
        return store
    }

    /// Fetches an object and compares it with the expected bytes.
    func fetch(_ object: ObjectID, context: TransferContext) async throws {
        guard let content = world.scenario.contents[object] else { return }
        let partial = try await Downloader(context: context).download(object, size: UInt64(content.count)) { _ in }
        guard try repository.adopt(partial, as: object) == content else {
            return world.violate(.rightBytes, "person \(number) fetched object \(object) and got other bytes")
        }
    }
}

extension StoreError.Code {
    /// A word for counting.
    fileprivate var word: String {
        switch self {
        case .missing: "missing"
        case .corrupt: "corrupt"
        case .full: "full"
        case .unavailable: "unavailable"
        default: "other"
        }
    }
}
