internal import Glibc
internal import Synchronization

/// Runs simulations for a user at a terminal and prints the outcome.
public struct SimulationReport: Sendable {
    private let campaign: SimulationCampaign

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - seeds: the number of seeds in a campaign.
    ///   - first: the first seed.
    ///   - threads: the number of seeds to run at a time.
    ///   - mutation: the bug to inject, or nil.
    public init(seeds: UInt64, first: UInt64, threads: Int, mutation: SimulatedMutation?) {
        campaign = SimulationCampaign(
            seeds: first..<first + seeds, mutation: mutation, threads: threads, failureLimit: mutation == nil ? 10 : 1)
    }

    /// Runs the campaign and prints its outcome.
    ///
    /// - Returns: the exit status: 0 if every invariant held, otherwise 1.
    public func run() throws -> Int32 {
        let start = ContinuousClock.now
        let total = campaign.seeds.count
        let board = Progress()
        let result = try campaign.run { result in
            guard board.isDue() else { return }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                "\(result.coverage.seeds) of \(total) seeds, \(Int(Double(result.coverage.seeds) / seconds)) per second"
            )
            fflush(nil)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(result.coverage)
        print("fingerprint \(String(result.fingerprint, radix: 16))")
        let rate = Int(Double(result.coverage.seeds) / seconds)
        print(
            "\(result.coverage.seeds) seeds in \(Int(seconds)) s, \(rate) per second, \(result.failures.count) failed")
        for failure in result.failures {
            let bug = campaign.mutation.map { " --bug \($0.rawValue)" } ?? ""
            print("seed \(failure.seed) broke \(failure.violation.invariant.rawValue): \(failure.violation.message)")
            print("  replay it: simulate --seed \(failure.seed)\(bug)")
        }
        return result.failures.isEmpty ? 0 : 1
    }

    /// Injects each bug in turn and prints which seed found it.
    ///
    /// - Returns: the exit status: 0 if each was found, otherwise 1.
    public func runMutations() throws -> Int32 {
        var status: Int32 = 0
        for mutation in SimulatedMutation.allCases {
            var campaign = campaign
            campaign.mutation = mutation
            campaign.failureLimit = 1
            let result = try campaign.run()
            if let failure = result.failures.first {
                print("\(mutation.rawValue): seed \(failure.seed) broke \(failure.violation.invariant.rawValue)")
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
    /// - Returns: the exit status: 0 if every invariant held, otherwise 1.
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

    /// The time of the last progress line.
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

    /// The outcome of a replay; set by its thread.
    private final class Replay: Sendable {
        private let value = Mutex<Swift.Result<Simulation.Result, any Error>?>(nil)

        func set(_ result: Swift.Result<Simulation.Result, any Error>) { value.withLock { $0 = result } }
        func result() throws -> Simulation.Result {
            guard let result = value.withLock({ $0 }) else { preconditionFailure("the thread ended without a result") }
            return try result.get()
        }
    }
}
