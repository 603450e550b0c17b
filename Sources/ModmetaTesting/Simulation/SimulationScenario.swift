internal import ModmetaFormats
internal import ModmetaTransfer

/// What the people of one simulation have and want, and what may happen to them; all of it follows from the seed.
struct SimulationScenario: Sendable {
    /// A commit: the one before, and the objects its pointers name.
    struct Commit: Sendable {
        var parent: Int?
        var objects: [ObjectID]
    }

    /// What one person pushes, in this order: a branch, and the commit it is to lead to.
    struct Push: Sendable {
        var branch: String
        var tip: Int
    }

    /// How the two pushers meet.
    enum Meeting: String, CaseIterable, Sendable {
        case twoBranches, sameCommits, oneBranch, allAtOnce
    }

    var meeting: Meeting
    /// Whether the store is on a network, and so called through `RetryingStore`.
    var isRemote: Bool
    var losesPayloads: Bool
    var hasHistory: Bool
    var storesWhole: Bool
    /// Whether the local database can be used; transfers must do without.
    var hasDatabase: Bool
    var workers: Int
    var agents: Int
    var sizes: TransferSizes
    /// One effect in this many goes wrong.
    var faultInterval: Int
    var faultLimit: Int
    /// Something goes wrong at this effect at the latest.
    var firstFault: Int
    /// Who looks after the store.
    var maintenance = SimulatedMaintenance()
    var commits: [Commit] = []
    var pushes: [[Push]] = []
    var contents: [ObjectID: [UInt8]] = [:]
    /// The earlier versions of each checkpoint, the last one first.
    var lineage: [ObjectID: [ObjectID]] = [:]

    init(random: inout SeededRandom) {
        meeting = random.pick(Meeting.allCases)
        isRemote = !random.oneIn(3)
        losesPayloads = random.oneIn(4)
        let drawsHistory = !random.oneIn(4)
        storesWhole = random.oneIn(8)
        hasDatabase = random.oneIn(2)
        workers = random.pick(1..<3)
        agents = random.pick(1..<3)
        // Of versions pushed at the same moment none need be a delta, unless history tells one to wait for the other.
        hasHistory = drawsHistory || meeting == .allAtOnce && agents > 1
        // Where history names it, a first version that is stored whole serves as a base all the same.
        sizes = TransferSizes(
            chunks: ChunkSizes(minimum: 1 << 10, target: 3 << 10),
            wholeLimit: hasHistory && random.oneIn(3) ? 64 << 10 : 2 << 10)
        faultInterval = random.pick([8, 16, 32, 64])
        faultLimit = random.pick(1..<12)
        firstFault = random.pick(1..<60)

        var checkpoint = SimulatedCheckpoint(random: &random)
        let first = add(checkpoint, after: nil, parent: nil, random: &random)
        var trunk = [first]
        let start = checkpoint
        for _ in 0..<random.pick(2..<4) {
            checkpoint.train(random: &random)
            trunk.append(add(checkpoint, after: trunk.last, parent: trunk.last, random: &random))
        }
        let main = trunk.map { Push(branch: "main", tip: $0) }
        switch meeting {
        case .sameCommits: pushes = [main, main]
        case .allAtOnce: pushes = [[main[main.count - 1]], main]
        case .twoBranches, .oneBranch:
            checkpoint = start
            var branch = [first]
            for _ in 0..<2 {
                checkpoint.train(random: &random)
                branch.append(add(checkpoint, after: branch.last, parent: branch.last, random: &random))
            }
            let name = meeting == .oneBranch ? "main" : "tuned"
            pushes = [main, branch.map { Push(branch: name, tip: $0) }]
        }
    }

    /// Adds the commit of a checkpoint, now and then with a small file beside it.
    private mutating func add(
        _ checkpoint: SimulatedCheckpoint, after previous: Int?, parent: Int?, random: inout SeededRandom
    ) -> Int {
        var objects = [keep(checkpoint.bytes)]
        if let before = previous.map({ commits[$0].objects[0] }) {
            lineage[objects[0]] = [before] + (lineage[before] ?? [])
        }
        if random.oneIn(3) { objects.append(keep((0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) })) }
        commits.append(Commit(parent: parent, objects: objects))
        return commits.count - 1
    }

    private mutating func keep(_ bytes: [UInt8]) -> ObjectID {
        let object = ObjectID(SHA256.hash(bytes))
        contents[object] = bytes
        return object
    }
}

/// The history that the agents of a simulation are told.
struct SimulatedHistory: VersionHistory {
    var lineage: [ObjectID: [ObjectID]]

    func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID] { lineage[object] ?? [] }
    func predecessor(of object: ObjectID) async throws -> ObjectID? { lineage[object]?.first }
    func replaced(by object: ObjectID) async throws -> ObjectID? { lineage[object]?.first }
    func place(of object: ObjectID) async throws -> UInt64? { UInt64(lineage[object]?.count ?? 0) }
}
