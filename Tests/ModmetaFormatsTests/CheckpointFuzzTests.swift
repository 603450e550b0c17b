import Foundation
import ModmetaFormats
import ModmetaTesting
import Testing

/// Mutates checkpoints at random, identically in every run: any file may be pushed, so no file may do harm.
///
/// `MODMETA_FUZZ_ROUNDS` sets the length of the run, `MODMETA_FUZZ_SEED` its seed.
@Suite struct CheckpointFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["MODMETA_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 60
    private static let seed = environment["MODMETA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0

    @Test(arguments: [
        "pytorch", "pytorch-hostile", "gguf", "gguf-hostile", "numpy", "numpy-hostile", "distcp", "distcp-hostile",
    ])
    func mutatedFiles(_ folder: String) throws {
        var generator = SeededRandom(seed: Self.seed)
        for name in try Fixture.names(in: folder) {
            let bytes = try Fixture.bytes("\(folder)/\(name)")
            for round in 0..<Self.rounds {
                var mutation = Mutation(generator: generator)
                // If a directory is at the end of a file, moving bytes breaks it before anything else is read.
                let changed = mutation.apply(to: bytes, times: 1 + round % 4, keepingLength: round % 3 != 0)
                generator = mutation.generator
                Replay.file(MemorySource(changed))
                #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(changed)) }
            }
        }
    }

    @Test func mutatedPickles() throws {
        var generator = SeededRandom(seed: Self.seed)
        for name in try Fixture.names(in: "pytorch") {
            let bytes = try Fixture.bytes("pytorch/\(name)")
            // The pickle starts after the first local header, whose extra field pads it to a multiple of 64.
            guard let start = bytes.firstIndex(of: 0x80) else { continue }
            for round in 0..<Self.rounds {
                var mutation = Mutation(generator: generator)
                let changed = mutation.apply(to: bytes[start...].prefix(20_000), times: 1 + round % 4)
                generator = mutation.generator
                #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(changed)) }
            }
        }
    }
}
