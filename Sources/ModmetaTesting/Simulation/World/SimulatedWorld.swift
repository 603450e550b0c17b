internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// The store as it is, the refs, and everything that decides what happens next.
final class SimulatedWorld: Sendable {
    /// The simulation ended by a violation; nothing has effects any more.
    struct Over: Error {}

    struct State {
        var random: SeededRandom
        var refs: [String: Int] = [:]
        var commits: [SimulationScenario.Commit]
        /// What some person was told is in the store.
        var acknowledged: Set<ObjectID> = []
        /// What was found whole, and has not changed since.
        var whole: Set<ObjectID> = []
        /// The length each writer announced, whatever is there.
        var announced: [ObjectKey: UInt64] = [:]
        /// What a store that does not flush would lose.
        var unflushed: [(key: ObjectKey, step: Int)] = []
        var damagedReadings: [ObjectKey: Int] = [:]
        var outages: [Int: Duration] = [:]
        var failuresInOutage = 0
        var step = 0
        var faults = 0
        var losses = 0
        /// Of the faults, those that met collections and copies.
        var maintenanceFaults = 0
        var isCalm = false
        /// Whether the time of day has jumped.
        var hasJumped = false
        /// The claims of collections, and who made them.
        var claims: [UInt64: ObjectIdentifier] = [:]
        var hasChain = false
        var violation: SimulationViolation?
        var coverage = SimulationCoverage()
        var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
        var log: [String] = []
    }

    /// More effects than any simulation that ends has.
    static let stepLimit = 20_000
    /// More calls than all workers together make to a store that is out.
    static let outageLimit = 150

    let scenario: SimulationScenario
    let mutation: SimulatedMutation?
    let scheduler = SimulationScheduler()
    let executor = SimulationExecutor()
    /// What the store really has; only effects change it.
    let truth: MemoryStore
    /// Where the store is copied to.
    let copy: MemoryStore
    let repositories: [SimulatedRepository]
    /// Which object each manifest is of.
    let manifests: [ObjectKey: ObjectID]
    let directory: String
    private let keepsLog: Bool
    private let state: Mutex<State>

    init(
        scenario: SimulationScenario, mutation: SimulatedMutation?, random: SeededRandom, directory: String,
        keepsLog: Bool
    ) throws {
        self.scenario = scenario
        self.mutation = mutation
        self.directory = directory
        self.keepsLog = keepsLog
        let time: @Sendable () -> Int64 = { [scheduler] in Int64(scheduler.secondsSince1970) }
        (truth, copy) = (MemoryStore(clock: time), MemoryStore(clock: time))
        manifests = Dictionary(uniqueKeysWithValues: scenario.contents.keys.map { (.manifest($0), $0) })
        repositories = try (0..<3).map { try SimulatedRepository(person: $0, below: directory) }
        state = Mutex(State(random: random, commits: scenario.commits))
    }

    func with<Result>(_ body: (inout sending State) -> sending Result) -> sending Result { state.withLock(body) }

    /// Draws from the one source of chance.
    func draw<Result>(_ body: (inout SeededRandom) -> Result) -> Result {
        state.withLock { state in body(&state.random) }
    }

    var violation: SimulationViolation? { state.withLock { $0.violation } }
    var faults: Int { state.withLock { $0.faults } }
    var losses: Int { state.withLock { $0.losses } }

    func count(outcome: String) { state.withLock { $0.coverage.count(outcome: outcome) } }

    /// Ends the simulation.
    func violate(_ promise: SimulationViolation.Promise, _ message: String) {
        state.withLock { state in
            guard state.violation == nil else { return }
            state.violation = SimulationViolation(promise: promise, message: message, step: state.step)
            state.log.append("broken: \(promise.rawValue): \(message)")
        }
    }

    /// Lets nothing go wrong from here on.
    func calmDown() { state.withLock { $0.isCalm = true } }

    /// Notes something for whoever replays a seed, and for the fingerprint of the whole run.
    func note(_ line: @autoclosure () -> String) {
        guard keepsLog else { return }
        let time = scheduler.now
        let line = line()
        state.withLock { $0.log.append("\(time) \(line)") }
    }

    /// Mixes what happened into the fingerprint (FNV-1a), by which two runs of one seed are compared.
    func mix(_ text: String) {
        state.withLock { state in
            for byte in text.utf8 { state.fingerprint = (state.fingerprint ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
    }
}
