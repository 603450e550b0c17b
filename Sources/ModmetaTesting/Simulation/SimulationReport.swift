internal import Glibc
internal import Synchronization

/// Runs simulations for somebody at a terminal and prints what came of them.
public struct SimulationReport: Sendable {
    private let campaign: SimulationCampaign

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - seeds: how many seeds a campaign has.
    ///   - first: its first seed.
    ///   - threads: how many seeds are run at a time.
    ///   - mutation: the bug that is put in, or nil.
    public init(seeds: UInt64, first: UInt64, threads: Int, mutation: SimulatedMutation?) {
        campaign = SimulationCampaign(
            seeds: first..<first + seeds, mutation: mutation, threads: threads, failureLimit: mutation == nil ? 10 : 1)
    }

    /// Runs and prints.
    ///
    /// - Returns: the exit status: 0 where every promise was kept, else 1.
    public func run() throws -> Int32 {
        let start = ContinuousClock.now
        let total = campaign.seeds.count
        let board = Progress()
        let result = try campaign.run { result in
            guard board.isDue() else { return }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                "\(result.coverage.seeds) of \(total) seeds, \(Int(Double(result.coverage.seeds) / seconds)) a second")
            fflush(nil)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(result.coverage)
        print("fingerprint \(String(result.fingerprint, radix: 16))")
        let rate = Int(Double(result.coverage.seeds) / seconds)
        print("\(result.coverage.seeds) seeds in \(Int(seconds)) s, \(rate) a second, \(result.failures.count) failed")
        for failure in result.failures {
            let bug = campaign.mutation.map { " --bug \($0.rawValue)" } ?? ""
            print("seed \(failure.seed) broke \(failure.violation.promise.rawValue): \(failure.violation.message)")
            print("  replay it: simulate --seed \(failure.seed)\(bug)")
        }
        return result.failures.isEmpty ? 0 : 1
    }

    /// Puts in each bug in turn and says which seed found it.
    ///
    /// - Returns: the exit status: 0 where each was found, else 1.
    public func runMutations() throws -> Int32 {
        var status: Int32 = 0
        for mutation in SimulatedMutation.allCases {
            var campaign = campaign
            campaign.mutation = mutation
            campaign.failureLimit = 1
            let result = try campaign.run()
            if let failure = result.failures.first {
                print("\(mutation.rawValue): seed \(failure.seed) broke \(failure.violation.promise.rawValue)")
            } else {
                print("\(mutation.rawValue): not found in \(result.coverage.seeds) seeds")
                status = 1
            }
            fflush(nil)
        }
        return status
    }

    /// Runs one seed again and prints it, effect by effect.
    ///
    /// - Returns: the exit status: 0 where every promise was kept, else 1.
    public func replay(_ seed: UInt64) throws -> Int32 {
        let thread = Replay()
        let worker = SimulationThread { [campaign] in
            thread.set(
                Swift.Result {
                    try Simulation(seed: seed, mutation: campaign.mutation)
                        .run(in: SimulationCampaign.directory, keepsLog: true)
                })
        }
        worker.join()
        let result = try thread.result()
        for line in result.log { print(line) }
        print("fingerprint \(String(result.fingerprint, radix: 16))")
        return result.violation == nil ? 0 : 1
    }

    /// When something was printed last.
    private final class Progress: Sendable {
        private let last = Mutex(ContinuousClock.now)

        func isDue() -> Bool {
            last.withLock { last in
                guard ContinuousClock.now - last > .seconds(5) else { return false }
                last = ContinuousClock.now
                return true
            }
        }
    }

    /// What a replay came to, set by its thread.
    private final class Replay: Sendable {
        private let value = Mutex<Swift.Result<Simulation.Result, any Error>?>(nil)

        func set(_ result: Swift.Result<Simulation.Result, any Error>) { value.withLock { $0 = result } }
        func result() throws -> Simulation.Result {
            guard let result = value.withLock({ $0 }) else { preconditionFailure("the thread ended without a result") }
            return try result.get()
        }
    }
}
