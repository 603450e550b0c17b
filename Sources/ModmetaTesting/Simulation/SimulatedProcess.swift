internal import Synchronization

/// One run of a program: all that it has under way stops when it is killed.
final class SimulatedProcess: Sendable {
    /// What happened to the process, as its own code sees it: no effect of it succeeds any more.
    struct Killed: Error {}

    private struct State {
        var isKilled = false
        var lostPower = false
    }

    /// The number of the person at the keyboard.
    let person: Int
    private let state = Mutex(State())

    init(person: Int) { self.person = person }

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
