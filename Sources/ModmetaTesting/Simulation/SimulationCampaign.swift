internal import Glibc
internal import Synchronization

/// Many simulations, on a number of threads.
public struct SimulationCampaign: Sendable {
    /// A seed that broke an invariant.
    public struct Failure: Sendable {
        /// The seed.
        public var seed: UInt64
        /// The invariant, and what happened.
        public var violation: SimulationViolation
    }

    /// The outcome of all seeds.
    public struct Result: Sendable {
        /// The seeds that failed, lowest first.
        public var failures: [Failure] = []
        /// What happened in all of them.
        public var coverage = SimulationCoverage()
        /// The sum of all fingerprints.
        public var fingerprint: UInt64 = 0
    }

    /// The seeds.
    public var seeds: Range<UInt64>
    /// The injected bug, or nil.
    public var mutation: SimulatedMutation?
    /// The number of threads.
    public var threads: Int
    /// The number of failures after which the campaign ends.
    public var failureLimit: Int

    /// Prepares a campaign.
    public init(seeds: Range<UInt64>, mutation: SimulatedMutation? = nil, threads: Int = 1, failureLimit: Int = 10) {
        self.seeds = seeds
        self.mutation = mutation
        self.threads = threads
        self.failureLimit = failureLimit
    }

    /// Runs all seeds, or until enough of them have failed.
    ///
    /// - Parameter progress: called after each seed with the outcome so far; calls do not overlap.
    /// - Throws: an error if the directory for the people's files cannot be used.
    public func run(progress: @escaping @Sendable (Result) -> Void = { _ in }) throws -> Result {
        let board = Board(first: seeds.lowerBound)
        let directory = SimulationCampaign.directory
        let workers = (0..<max(1, threads)).map { index in
            SimulationThread { work(board, in: "\(directory)-\(index)", progress: progress) }
        }
        for worker in workers { worker.join() }
        return try board.result()
    }

    private func work(_ board: Board, in directory: String, progress: @Sendable (Result) -> Void) {
        while let seed = board.nextSeed(below: seeds.upperBound, failureLimit: failureLimit) {
            do {
                let result = try Simulation(seed: seed, mutation: mutation).run(in: directory)
                board.add(result, seed: seed, progress: progress)
            } catch {
                board.fail(error)
            }
        }
    }

    /// The next seed and the outcome so far; shared by the threads.
    private final class Board: Sendable {
        private struct State {
            var next: UInt64
            var result = Result()
            var error: (any Error)?
        }

        private let state: Mutex<State>

        init(first: UInt64) { state = Mutex(State(next: first)) }

        func nextSeed(below end: UInt64, failureLimit: Int) -> UInt64? {
            state.withLock { state in
                guard state.next < end, state.error == nil, state.result.failures.count < failureLimit else {
                    return nil
                }
                defer { state.next += 1 }
                return state.next
            }
        }

        func add(_ result: Simulation.Result, seed: UInt64, progress: @Sendable (Result) -> Void) {
            state.withLock { state in
                if let violation = result.violation {
                    state.result.failures.append(Failure(seed: seed, violation: violation))
                }
                state.result.coverage.add(result.coverage)
                state.result.fingerprint &+= result.fingerprint
                progress(state.result)
            }
        }

        func fail(_ error: any Error) { state.withLock { $0.error = error } }

        func result() throws -> Result {
            try state.withLock { state in
                if let error = state.error { throw error }
                state.result.failures.sort { $0.seed < $1.seed }
                return state.result
            }
        }
    }

    /// The directory for the people's files: in memory, if the system has a directory for that.
    static var directory: String {
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        return "\(base)/modmeta-simulation-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    }
}
