internal import Synchronization

/// One run of a program: all that it has under way stops when it is killed.
final class SimulatedProcess: Sendable {
    /// What happened to the process, as its own code sees it: no effect of it succeeds any more.
    struct Killed: Error {}

    private struct State {
        var isKilled = false
        var lostPower = false
        var manifestsAway = Duration.zero
        var refsAway = Duration.zero
        var isCommitting = false
        var grace: (seconds: Int64, skew: Int64) = (0, 0)
    }

    /// What the program does.
    enum Role: Sendable { case transfer, collection, copy, prune }

    /// The number of the person at the keyboard.
    let person: Int
    let role: Role
    private let state = Mutex(State())

    init(person: Int, role: Role = .transfer) {
        self.person = person
        self.role = role
    }

    /// Until when the process sees no manifests, as where the disk that has them is not mounted.
    var manifestsAway: Duration {
        get { state.withLock { $0.manifestsAway } }
        set { state.withLock { $0.manifestsAway = newValue } }
    }

    /// Of a collection, the grace period in seconds, and how far its clock is from the others'.
    var grace: (seconds: Int64, skew: Int64) {
        get { state.withLock { $0.grace } }
        set { state.withLock { $0.grace = newValue } }
    }

    /// Until when the process cannot list a part of the refs.
    var refsAway: Duration {
        get { state.withLock { $0.refsAway } }
        set { state.withLock { $0.refsAway = newValue } }
    }

    /// Whether a push has moved its ref and not yet proven that no collection came between.
    var isCommitting: Bool {
        get { state.withLock { $0.isCommitting } }
        set { state.withLock { $0.isCommitting = newValue } }
    }

    var isKilled: Bool { state.withLock { $0.isKilled } }
    /// Whether the machine went down with the process, so that what was not flushed may be gone.
    var lostPower: Bool { state.withLock { $0.lostPower } }

    func kill(withPower: Bool) {
        state.withLock { state in
            state.isKilled = true
            state.lostPower = state.lostPower || withPower
        }
    }

    func check() throws { if isKilled { throw Killed() } }
}
