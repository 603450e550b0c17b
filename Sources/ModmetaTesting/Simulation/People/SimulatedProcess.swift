internal import Synchronization

/// One run of a program; when it is killed, everything it has in progress stops.
final class SimulatedProcess: Sendable {
    /// The process was killed; none of its effects succeeds any more.
    struct Killed: Error {}

    private struct State {
        var isKilled = false
        var lostPower = false
        var manifestsAway = Duration.zero
        var refsAway = Duration.zero
        var isCommitting = false
        var grace: (seconds: Int64, skew: Int64) = (0, 0)
    }

    /// The kind of program.
    enum Role: Sendable { case transfer, collection, copy, prune }

    /// The number of the person who runs it.
    let person: Int
    let role: Role
    private let state = Mutex(State())

    init(person: Int, role: Role = .transfer) {
        self.person = person
        self.role = role
    }

    /// The time until which the process sees no manifests, as if their disk were not mounted.
    var manifestsAway: Duration {
        get { state.withLock { $0.manifestsAway } }
        set { state.withLock { $0.manifestsAway = newValue } }
    }

    /// The grace period of a collection in seconds, and the offset of its clock from the others.
    var grace: (seconds: Int64, skew: Int64) {
        get { state.withLock { $0.grace } }
        set { state.withLock { $0.grace = newValue } }
    }

    /// The time until which the process cannot list some of the refs.
    var refsAway: Duration {
        get { state.withLock { $0.refsAway } }
        set { state.withLock { $0.refsAway = newValue } }
    }

    /// Whether a push has moved its ref but not yet proven that no collection interfered.
    var isCommitting: Bool {
        get { state.withLock { $0.isCommitting } }
        set { state.withLock { $0.isCommitting = newValue } }
    }

    var isKilled: Bool { state.withLock { $0.isKilled } }
    /// Whether the machine lost power with the process, so that unflushed data may be lost.
    var lostPower: Bool { state.withLock { $0.lostPower } }

    func kill(withPower: Bool) {
        state.withLock { state in
            state.isKilled = true
            state.lostPower = state.lostPower || withPower
        }
    }

    func check() throws { if isKilled { throw Killed() } }
}
