/// Who looks after the store of one simulation; it follows from the seed.
struct SimulatedMaintenance: Sendable {
    /// Somebody who collects, again and again.
    struct Collection: Sendable {
        /// In seconds.
        var grace: Int64
        /// How far this machine's clock is from the others', in seconds.
        var skew: Int64
        var rounds: Int
    }

    /// Those who collect.
    var collections: [Collection] = []
    /// Whether somebody deletes branches.
    var prunes = false
    /// Whether somebody copies the store.
    var copies = false
    /// Whether versions were uploaded before to which no ref leads.
    var leavesGarbage = false

    /// Nobody does anything.
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
