import ModmetaTesting
import Testing

/// `make simulate` runs many more seeds, and puts in every bug, on optimised code.
@Suite("Simulation", .serialized)
struct SimulationTests {
    @Test("every invariant holds under any fault")
    func invariantsHold() throws {
        let result = try SimulationCampaign(seeds: 1..<31, threads: 2).run()
        #expect(result.coverage.seeds == 30)
        for failure in result.failures {
            Issue.record("seed \(failure.seed) broke \(failure.violation.invariant): \(failure.violation.message)")
        }
    }

    @Test("a seed replays exactly, on whatever thread it runs", arguments: [3, 92] as [UInt64])
    func replays(seed: UInt64) throws {
        let seeds = seed..<seed + 3
        let first = try SimulationCampaign(seeds: seeds, threads: 1).run()
        let second = try SimulationCampaign(seeds: seeds, threads: 3).run()
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.coverage.description == second.coverage.description)
    }

    /// Without these the simulator would prove nothing.
    @Test(
        "bugs that are put in are found; the rarer ones by `make simulate`",
        .enabled(if: SimulatedMutation.isSupported, "run with --traits FaultInjection"),
        arguments: [
            SimulatedMutation.skipsFsync, .publishesManifestFirst, .skipsPayloadDigest, .keepsTornObject,
            .journalsBeforeAcknowledgement, .replacesExisting, .trustsPartialFile, .skipsGuard, .movesRefBlindly,
            .retriesForever, .ignoresRefErrors, .forgetsRescue, .ignoresGrace, .ignoresCollections,
            .copiesManifestsFirst, .trustsCopy,
        ])
    func findsBugs(mutation: SimulatedMutation) throws {
        let result = try SimulationCampaign(seeds: 1..<100, mutation: mutation, threads: 1, failureLimit: 1).run()
        #expect(!result.failures.isEmpty)
    }
}
