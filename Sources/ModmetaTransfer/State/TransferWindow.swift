internal import Glibc

/// How much all agents of a repository have on its way to a store, or from it, at the same time.
///
/// What is under way has a place in the window for each 4 MiB or part of them, a slot of its own, so that the places bound
/// memory. How many of the places are used follows from what the line was measured to want (`LineState`).
struct TransferWindow: Sendable {
    /// The memory that a place stands for, in bytes.
    static let placeSize = 4 << 20
    /// The places there are.
    static let placeLimit = 32

    private let places: WorkSlots
    /// Held by who collects places: two that each wait for the other's would wait for ever.
    private let door: WorkSlots
    /// What is known of the line, and is told to all.
    let record: LineRecord
    private let clock: TransferClock

    /// Uses the files in a directory.
    ///
    /// - Parameters:
    ///   - direction: which way the bytes go; each way is measured by itself, and all share the places.
    ///   - line: tells the stores apart.
    init(directory: String, direction: TransferDirection, line: String, clock: TransferClock) {
        mkdir(directory, 0o777)
        places = WorkSlots(directory: "\(directory)/places", count: Self.placeLimit, clock: clock)
        door = WorkSlots(directory: "\(directory)/door", count: 1, clock: clock)
        record = LineRecord(path: "\(directory)/\(direction.rawValue)-\(line)")
        self.clock = clock
    }

    /// What is known of the line.
    var state: LineState { record.read() }

    /// Waits until so many bytes may be under way.
    ///
    /// What needs more places than the window has gets all of them.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func enter(_ byteCount: Int) async throws -> Passage {
        let collecting = try await door.acquire()
        let width = state.width
        var held: [WorkSlots.Share] = []
        var hasWaited = false
        for _ in 0..<min(width, max(1, (byteCount + Self.placeSize - 1) / Self.placeSize)) {
            if let place = places.tryAcquire(among: width) {
                held.append(WorkSlots.Share(place))
            } else {
                hasWaited = true
                held.append(WorkSlots.Share(try await places.acquire(among: width)))
            }
        }
        _ = consume collecting
        return Passage(places: held, line: record, clock: clock, hasWaited: hasWaited)
    }
}

/// Which way bytes go.
enum TransferDirection: String, Sendable {
    /// Into the store.
    case sending
    /// Out of the store.
    case receiving
}

/// The places of something that is under way, kept as long as its bytes are in memory.
final class Passage: Sendable {
    /// Whether there was no room at first: then the line, or who takes from it, is slower than who fills it.
    let hasWaited: Bool
    private let places: [WorkSlots.Share]
    private let line: LineRecord
    private let clock: TransferClock

    init(places: [WorkSlots.Share], line: LineRecord, clock: TransferClock, hasWaited: Bool) {
        self.places = places
        self.line = line
        self.clock = clock
        self.hasWaited = hasWaited
    }

    /// Moves something over the line, and notes how long it took.
    ///
    /// - Parameter byteCount: what is moved; of an attempt that fails nothing counts but the time.
    func carry<Result>(_ byteCount: Int, _ body: () async throws -> Result) async throws -> Result {
        let begin = clock.elapsed()
        var carried = 0
        defer {
            let now = clock.elapsed()
            line.note(LineState.Transfer(bytes: carried, duration: now - begin, hasWaited: hasWaited), at: now)
        }
        let result = try await body()
        carried = byteCount
        return result
    }
}
