internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// Somebody who gives commands, and gives them again until they succeed.
struct SimulatedPerson: Sendable {
    let world: SimulatedWorld
    let number: Int

    var repository: SimulatedRepository { world.repositories[number] }

    /// How a command ended that did what it could.
    enum Outcome: String {
        case done, refused, missing
    }

    /// Gives one command until it ends in another way than by an error.
    ///
    /// - Returns: nil if the simulation ended by a violation.
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
                leaveBehind(process)
            } catch {
                world.note("person \(number): \(name): \(error)")
                let mayBeMissing = world.losses > 0 || world.scenario.maintenance.collects
                if mayBeMissing, (error as? TransferError)?.code == .missing, name != "push" { return .missing }
                judge(error, of: name)
                // A command may come across what an earlier fault left, once.
                failuresInPeace = world.faults == faults ? failuresInPeace + 1 : 0
                // A collection may get in between a few times too.
                if failuresInPeace > (world.scenario.maintenance.collects ? 10 : 2) {
                    world.violate(.retryEnds, "\(name) fails again and again though nothing goes wrong: \(error)")
                }
            }
            guard world.violation == nil else { return nil }
            // Until the line is back, and the command is typed again.
            let pause = world.with { $0.outages.removeValue(forKey: number) }.map { $0 - world.scheduler.now }
            try? await world.scheduler.wait(max(pause ?? .zero, .seconds(2)), process: SimulatedProcess(person: number))
        }
        return nil
    }

    private func leaveBehind(_ process: SimulatedProcess) {
        var random = world.draw { $0.fork() }
        guard number < world.repositories.count else { return }
        do {
            try repository.crash(losesPower: process.lostPower, random: &random)
        } catch {
            world.violate(.simulationIsComplete, "\(error)")
        }
    }

    /// Whether something may be gone from the store.
    private var mayLack: Bool { world.losses > 0 || world.scenario.maintenance.collects }

    /// Errors that nothing explains are violations.
    private func judge(_ error: any Error, of name: String) {
        switch error {
        case let error as StoreError:
            world.count(outcome: "\(name) failed: store \(error.code.word)")
            if error.code == .corrupt || error.code == .missing, !mayLack {
                world.violate(.noFalseAlarm, "\(name) says of a sound store: \(error)")
            }
        case let error as TransferError where error.code == .changed:
            world.count(outcome: "\(name) failed: file changed")
            guard (try? repository.restore()) != true else { return }
            world.violate(.noFalseAlarm, "\(name) says of a file that nobody changed: \(error)")
        case let error as TransferError:
            world.count(outcome: "\(name) failed: \(error.code == .missing ? "missing" : "corrupt or local")")
            if !mayLack { world.violate(.noFalseAlarm, "\(name) says of a sound store: \(error)") }
        default:
            world.violate(.noFalseAlarm, "\(name) fails in a way no command should: \(error)")
        }
    }

    /// What a program of this person transfers with.
    ///
    /// - Parameter isGuard: whether it only asks what the store has.
    func context(_ process: SimulatedProcess, isGuard: Bool = false) -> TransferContext {
        repository.context(
            store: store(process), process: process, scenario: world.scenario, scheduler: world.scheduler,
            mutation: world.mutation, usesDatabase: world.scenario.hasDatabase && !isGuard)
    }

    /// The store as a program of this person sees it.
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

    /// Brings an object here and compares it with what it should be.
    func fetch(_ object: ObjectID, context: TransferContext) async throws {
        guard let content = world.scenario.contents[object] else { return }
        let partial = try await Downloader(context: context).download(object, size: UInt64(content.count)) { _ in }
        guard try repository.take(partial, as: object) == content else {
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
