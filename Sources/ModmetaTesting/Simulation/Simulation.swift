internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem
internal import ModmetaTransfer

/// Two people who push to one store and one who reads it, while things go wrong; everything follows from a seed.
///
/// The transfers are the real ones, over a store in memory and directories of their own. Every call to the store is a point
/// at which anything may happen. The promises of `SimulationViolation` are checked after each.
public struct Simulation: Sendable {
    /// What came of a seed.
    public struct Result: Sendable {
        /// The promise that was broken first, or nil.
        public var violation: SimulationViolation?
        /// What happened, and how often.
        public var coverage: SimulationCoverage
        /// The same for two runs of one seed by one program.
        public var fingerprint: UInt64
        /// One line for each effect, if they were asked for.
        public var log: [String]
    }

    /// What everything follows from.
    public var seed: UInt64
    /// The bug that is put in, or nil.
    public var mutation: SimulatedMutation?

    /// Prepares a simulation.
    public init(seed: UInt64, mutation: SimulatedMutation? = nil) {
        self.seed = seed
        self.mutation = mutation
    }

    /// Runs the simulation on the calling thread, which must run no task.
    ///
    /// - Parameters:
    ///   - directory: where the people's files are kept meanwhile; emptied before and after.
    ///   - keepsLog: whether every effect is written down.
    /// - Throws: if the directory cannot be used.
    public func run(in directory: String, keepsLog: Bool = false) throws -> Result {
        DirectoryPath(directory).removeTree()
        _ = try DirectoryPath(directory).make(mode: 0o700)
        defer { DirectoryPath(directory).removeTree() }
        var random = SeededRandom(seed: seed)
        var scenario = SimulationScenario(random: &random)
        // From numbers of its own: half of the seeds go on as if nobody looked after the store.
        var chance = SeededRandom(seed: ~seed)
        if chance.oneIn(2) || mutation?.needsMaintenance == true { scenario.maintenance = .init(random: &chance) }
        let world = try SimulatedWorld(
            scenario: scenario, mutation: mutation, random: random, directory: directory, keepsLog: keepsLog)
        for (object, bytes) in scenario.contents {
            for person in 0..<2 { try world.repositories[person].keep(bytes, as: object) }
        }
        let isOver = world.executor.run(
            { await Simulation.live(in: world) }, whenIdle: world.scheduler.resumeNext)
        if !isOver { world.violate(.nothingHangs, "something waits for what never comes") }
        return world.with { state in
            state.coverage.countSeed()
            state.coverage.count(outcome: "meeting \(scenario.meeting.rawValue)")
            return Result(
                violation: state.violation, coverage: state.coverage, fingerprint: state.fingerprint, log: state.log)
        }
    }

    private static func live(in world: SimulatedWorld) async {
        if let id = StoreFormat.ID(hex: String(repeating: "5", count: 32)) {
            _ = try? await world.truth.put(.format, .bytes(StoreFormat(id: id).serialized()))
        }
        if world.scenario.maintenance.copies, let id = StoreFormat.ID(hex: String(repeating: "6", count: 32)) {
            _ = try? await world.copy.put(.format, .bytes(StoreFormat(id: id).serialized()))
        }
        if world.scenario.maintenance.leavesGarbage { await leaveGarbage(in: world) }
        await withTaskGroup(of: Void.self) { group in
            let maintenance = world.scenario.maintenance
            for (index, collection) in maintenance.collections.enumerated() {
                group.addTask { await SimulatedPerson(world: world, number: 3 + index).collect(collection) }
            }
            if maintenance.prunes { group.addTask { await SimulatedPerson(world: world, number: 6).prune() } }
            if maintenance.copies { group.addTask { await SimulatedPerson(world: world, number: 7).copy() } }
            for number in 0..<2 {
                group.addTask {
                    await SimulatedPerson(world: world, number: number).pushAll(world.scenario.pushes[number])
                }
            }
            group.addTask { await SimulatedPerson(world: world, number: 2).readNowAndThen() }
        }
        guard world.violation == nil else { return }
        world.calmDown()
        if world.losses > 0 { await mend(world) }
        await readEverything(in: world)
        // What was lost may have been what every delta would have been against.
        if world.violation == nil, world.losses == 0, !world.scenario.maintenance.collects, world.with({ !$0.hasChain })
        {
            world.violate(.simulationIsComplete, "no chain of deltas was stored")
        }
        if world.violation == nil, world.faults == 0, !world.scenario.maintenance.collects {
            world.violate(.simulationIsComplete, "nothing went wrong")
        }
    }

    /// Uploads the first versions, as a push does that ends before it moves its ref.
    private static func leaveGarbage(in world: SimulatedWorld) async {
        world.with { $0.isCalm = true }
        let objects = world.scenario.commits.prefix(2).flatMap(\.objects)
        let person = SimulatedPerson(world: world, number: 0)
        _ = await person.command("push") { process in
            try await person.upload(objects, process: process)
            return .done
        }
        world.with { $0.isCalm = false }
    }

    /// Pushes everything again, as one does after something was lost.
    private static func mend(_ world: SimulatedWorld) async {
        for _ in 0..<2 {
            for number in 0..<2 {
                let person = SimulatedPerson(world: world, number: number)
                _ = try? person.repository.restore()
                let tips = world.with { $0.refs.values.sorted() }
                var objects: [ObjectID] = []
                for commit in tips.flatMap({ world.ancestors(of: $0).reversed() }) {
                    for object in world.commit(commit).objects where !objects.contains(object) {
                        objects.append(object)
                    }
                }
                let all = objects
                _ = await person.command("push") { process in
                    try await person.upload(all, process: process)
                    return .done
                }
            }
        }
    }

    /// What the refs lead to in the end must be there for somebody with nothing.
    private static func readEverything(in world: SimulatedWorld) async {
        for tip in world.with({ $0.refs.values.sorted() }) {
            for object in world.ancestors(of: tip).flatMap({ world.commit($0).objects })
            where await !world.isWhole(object) {
                world.violate(.refsLeadToObjects, "at the end object \(object) cannot be rebuilt")
            }
        }
    }
}
