import Testing

/// Readers of hostile bytes throw or return; they never trap, hang or take memory without bound.
@Suite struct DecoderFuzzTests {
    static let families = DecoderFuzz.Family.allCases.filter { family in
        DecoderFuzz.environment("MODMETA_FUZZ_FAMILY").map { $0 == family.rawValue } ?? true
    }

    @Test(arguments: families) func survives(_ family: DecoderFuzz.Family) async throws {
        let seconds = DecoderFuzz.environment("MODMETA_FUZZ_SECONDS").flatMap(Double.init) ?? 0.5
        let seed = DecoderFuzz.environment("MODMETA_FUZZ_FIRST").flatMap(UInt64.init) ?? 1
        var fuzz = DecoderFuzz(family)
        try await fuzz.run(seconds: seconds, firstSeed: seed)
        #expect(fuzz.refused * 4 > fuzz.tried)
        #expect(fuzz.slowest < 10)
        if DecoderFuzz.environment("MODMETA_FUZZ_SECONDS") != nil {
            print("\(family.rawValue): \(fuzz.tried) inputs, \(fuzz.refused) refused, slowest \(fuzz.slowest) s")
        }
    }
}
