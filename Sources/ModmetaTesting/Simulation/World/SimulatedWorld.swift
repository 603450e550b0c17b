internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// The actual store, the refs, and the state that decides what happens next.
final class SimulatedWorld: Sendable {
    /// A violation ended the simulation; no more effects take place.
    struct Over: Error {}

    struct State {
        var random: SeededRandom
        var refs: [String: Int] = [:]
        var commits: [SimulationScenario.Commit]
        /// The objects that a person was told are in the store.
        var acknowledged: Set<ObjectID> = []
        /// The objects found complete and unchanged since.
        var whole: Set<ObjectID> = []
        /// The length that each writer announced, whatever was stored.
        var announced: [ObjectKey: UInt64] = [:]
        /// The objects that a store without fsync would lose.
        var unflushed: [(key: ObjectKey, step: Int)] = []
        var damagedReadings: [ObjectKey: Int] = [:]
        var outages: [Int: Duration] = [:]
        var failuresInOutage = 0
        var step = 0
        var faults = 0
        var losses = 0
        /// The faults that hit collections and copies.
        var maintenanceFaults = 0
        var isCalm = false
        /// Whether the time of day jumped.
        var hasJumped = false
        /// The claims of collections, and the process of each.
        var claims: [UInt64: ObjectIdentifier] = [:]
        var hasChain = false
        var violation: SimulationViolation?
        var coverage = SimulationCoverage()
        var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
        var log: [String] = []
    }

    /// More effects than any simulation needs to end.
    static let stepLimit = 20_000
    /// More calls than all workers together make to a store during an outage.
    static let outageLimit = 150

    let scenario: SimulationScenario
    let mutation: SimulatedMutation?
    let scheduler = SimulationScheduler()
    let executor = SimulationExecutor()
    /// The actual contents of the store; only effects change it.
    let truth: MemoryStore
    /// The store's copy.
    let copy: MemoryStore
    let repositories: [SimulatedRepository]
    /// The object of each manifest.
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

    /// Draws from the only source of randomness.
    func draw<Result>(_ body: (inout SeededRandom) -> Result) -> Result {
        state.withLock { state in body(&state.random) }
    }

    var violation: SimulationViolation? { state.withLock { $0.violation } }
    var faults: Int { state.withLock { $0.faults } }
    var losses: Int { state.withLock { $0.losses } }

    func count(outcome: String) { state.withLock { $0.coverage.count(outcome: outcome) } }

    /// Ends the simulation.
    func violate(_ invariant: SimulationViolation.Invariant, _ message: String) {
        state.withLock { state in
            guard state.violation == nil else { return }
            state.violation = SimulationViolation(invariant: invariant, message: message, step: state.step)
            state.log.append("broken: \(invariant.rawValue): \(message)")
        }
    }

    /// Stops all faults from here on.
    func stopFaults() { state.withLock { $0.isCalm = true } }

    /// Logs a line, if the simulation keeps a log.
    func note(_ line: @autoclosure () -> String) {
        guard keepsLog else { return }
        let time = scheduler.now
        let line = line()
        state.withLock { $0.log.append("\(time) \(line)") }
    }

    /// Mixes a text into the fingerprint (FNV-1a), which compares two runs of one seed.
    func mix(_ text: String) {
        state.withLock { state in
            for byte in text.utf8 { state.fingerprint = (state.fingerprint ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
    }
}
