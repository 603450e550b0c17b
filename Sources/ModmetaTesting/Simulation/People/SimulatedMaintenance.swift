/// The maintenance of the store in one simulation, derived from the seed.
struct SimulatedMaintenance: Sendable {
    /// A person who runs garbage collections.
    struct Collection: Sendable {
        /// The grace period in seconds.
        var grace: Int64
        /// The offset of this machine's clock from the others, in seconds.
        var skew: Int64
        var rounds: Int
    }

    /// The people who run garbage collections.
    var collections: [Collection] = []
    /// Whether a person deletes branches.
    var prunes = false
    /// Whether a person copies the store.
    var copies = false
    /// Whether the store starts with versions that no ref leads to.
    var leavesGarbage = false

    /// No maintenance.
    init() {}

    init(random: inout SeededRandom) {
        for _ in 0..<random.pick([1, 1, 2, 2, 0]) {
            let grace = random.pick([0, 0, 5, 600])
            collections.append(
                Collection(grace: Int64(grace), skew: Int64(random.pick(-3600..<3600)), rounds: random.pick(2..<5)))
        }
        prunes = random.oneIn(2)
        copies = collections.isEmpty || random.oneIn(2)
        leavesGarbage = !random.oneIn(3)
    }

    /// Whether objects may be deleted.
    var collects: Bool { !collections.isEmpty }
}
