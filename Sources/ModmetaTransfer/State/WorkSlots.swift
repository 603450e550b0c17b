internal import CMalloc
internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// The machine-wide share of work that all agents of one repository draw from.
///
/// A slot is a file that its holder has locked by `flock`; the kernel frees it when the holder dies. Every slot stands
/// for one worker's time and one worker's memory, so the number of slots bounds both for all processes together.
public struct WorkSlots: Sendable {
    let directory: String
    private let clock: TransferClock
    private let trims: Bool
    /// How many slots there are.
    public let count: Int

    /// Uses the slot files in a directory, which is created where it is missing.
    ///
    /// There are as many as cores, at least two so that one worker can wait for the disk; the limit of eight keeps the memory
    /// of all workers within bounds on large machines.
    public init(directory: String) {
        let cores = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))
        self.init(directory: directory, count: min(8, max(2, cores)), clock: .system, trims: true)
        // Tasks wander over many threads, and malloc would keep freed chunks for each of them.
        mallopt(M_ARENA_MAX, 2)
        // Buffers of a chunk's size are mapped and unmapped. Otherwise malloc would raise this bound at the first of them that
        // is freed, and then keep them in a heap that they leave full of holes.
        mallopt(M_MMAP_THRESHOLD, 2 << 20)
    }

    /// Uses as many slot files as given, and a clock of its own.
    ///
    /// - Parameter trims: whether memory goes back to the system with each slot, which simulations have no time for.
    package init(directory: String, count: Int, clock: TransferClock, trims: Bool = false) {
        self.directory = directory
        self.count = count
        self.clock = clock
        self.trims = trims
        mkdir(directory, 0o777)
    }

    /// A slot that is held until the value goes away.
    struct Slot: ~Copyable {
        fileprivate let lock: Lock
        fileprivate let trims: Bool
        /// When it is asked whether others want it.
        fileprivate var end: Duration

        deinit { trim() }

        /// Gives what was used under the slot back to the system; malloc would keep it for this process.
        fileprivate func trim() {
            if trims { malloc_trim(0) }
        }
    }

    /// A locked file, until the value goes away.
    fileprivate struct Lock: ~Copyable {
        let descriptor: CInt

        /// Locks a file, or gives nil where another's lock is in the way.
        ///
        /// Without files, or locks on them, every agent works at its own pace; the slots save memory, nothing rests on them.
        init?(_ path: String, _ kind: CInt) {
            descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            if descriptor >= 0, LockAttempt(descriptor, kind) == .held { return nil }
        }

        /// Takes over a file that is locked.
        init(_ locked: LockWait.Locked) { descriptor = locked.descriptor }

        /// Waits for the lock, which others keep for a moment only.
        init(waitingFor path: String, _ kind: CInt) {
            descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            if descriptor >= 0 { _ = LockAttempt.waiting(descriptor, kind) }
        }

        deinit { if descriptor >= 0 { closeLocked(descriptor) } }
    }

    /// A slot that several hold, until the last of them lets go.
    final class Share: Sendable {
        private let slot: Slot

        init(_ slot: consuming Slot) { self.slot = slot }
    }

    /// Waits for a slot.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func acquire() async throws -> Slot { try await acquire(among: count) }

    /// Waits for one of the first few slots.
    func acquire(among limit: Int) async throws -> Slot {
        let limit = min(limit, count)
        try Task.checkCancellation()
        if let slot = tryAcquire(among: limit) { return slot }
        let request = Lock(waitingFor: waitingPath, LOCK_SH)
        let files = (0..<limit).map { "\(directory)/\($0)" }
        let found: Slot
        if clock.isSystem, let locked = try await Self.first(of: files) {
            found = slot(Lock(locked))
        } else {
            found = try await look(among: limit)
        }
        _ = consume request
        return found
    }

    /// Waits in the kernel for the first slot that is given up; nil if that is not possible, as without another thread.
    private static func first(of files: [String]) async throws -> LockWait.Locked? {
        do {
            return try await LockWait.first(of: files, LOCK_EX)
        } catch is SystemError {
            return nil
        }
    }

    /// Looks for a free slot from time to time, as where time is simulated.
    private func look(among limit: Int) async throws -> Slot {
        var pause = Duration.milliseconds(1)
        while true {
            try Task.checkCancellation()
            if let slot = tryAcquire(among: limit) { return slot }
            try await clock.sleep(pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func slot(_ lock: consuming Lock) -> Slot {
        Slot(lock: lock, trims: trims, end: clock.elapsed() + Self.turn)
    }

    /// Held by all who wait, together.
    private var waitingPath: String { "\(directory)/waiting" }

    /// Whether somebody waits for a slot.
    var isWanted: Bool { Lock(waitingPath, LOCK_EX) == nil }

    /// Whether it is another's turn.
    ///
    /// It is when a slot was held for a second and somebody waits; else the slot may be held for a second more.
    func isDue(_ slot: inout Slot) -> Bool {
        let now = clock.elapsed()
        guard now >= slot.end else { return false }
        guard !isWanted else { return true }
        slot.trim()
        slot.end = now + Self.turn
        return false
    }

    private static let turn = Duration.seconds(1)

    /// How long one who looks for a slot sleeps between two looks.
    private static let longestPause = Duration.milliseconds(16)

    /// Stays away from the slots for as long as those who wait need to notice that one is free.
    func giveWay() async throws { try await clock.sleep(Self.longestPause + .milliseconds(4)) }

    /// One of the first few slots, if one of them is free; `limit` is at most `count`.
    func tryAcquire(among limit: Int) -> Slot? {
        // Starting at our own place spreads the agents over the files.
        let first = Int(getpid()) % limit
        for step in 0..<limit {
            if let lock = Lock("\(directory)/\((first + step) % limit)", LOCK_EX) {
                return slot(lock)
            }
        }
        return nil
    }
}
