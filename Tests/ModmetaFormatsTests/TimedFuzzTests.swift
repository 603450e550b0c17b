import Foundation
import ModmetaFormats
import ModmetaTesting
import Testing

/// Changes the fixtures of one parser at random for as long as is asked for; does nothing unless asked.
///
/// `MODMETA_FUZZ_SECONDS` is how long, `MODMETA_FUZZ_PARSER` the parser, `MODMETA_FUZZ_SEED` where to start. The bytes under
/// way are kept in the file `MODMETA_FUZZ_INPUT`, so that a crash leaves what caused it. `integration/fuzz-formats.sh` runs
/// all parsers.
@Suite struct TimedFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["MODMETA_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0

    /// The folders of fixtures that seed each parser.
    private static let folders: [String: [String]] = [
        "pytorch": ["pytorch", "pytorch-hostile"], "gguf": ["gguf", "gguf-hostile"],
        "numpy": ["numpy", "numpy-hostile"], "distcp": ["distcp", "distcp-hostile"], "manifest": ["v1", "hostile"],
        "pickle": ["pytorch", "distcp", "distcp-hostile"], "safetensors": [], "index": [],
    ]

    @Test(.enabled(if: seconds > 0))
    func changesFixtures() throws {
        let parser = Self.environment["MODMETA_FUZZ_PARSER"] ?? "pytorch"
        let seeds = try Self.seeds(of: parser)
        try #require(!seeds.isEmpty)
        var generator = SeededRandom(seed: Self.environment["MODMETA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1)
        let input = Self.environment["MODMETA_FUZZ_INPUT"]
        let end = Date().addingTimeInterval(Self.seconds)
        var rounds = 0
        while Date() < end {
            var mutation = Mutation(generator: generator)
            generator = mutation.generator
            let seed = seeds[Int.random(in: seeds.indices, using: &generator)]
            mutation = Mutation(generator: generator)
            let changed = mutation.apply(
                to: seed, times: Int.random(in: 1...6, using: &generator), keepingLength: rounds % 3 != 0)
            generator = mutation.generator
            if let input { try Data(changed).write(to: URL(fileURLWithPath: input)) }
            Self.run(parser, on: changed)
            rounds += 1
        }
        print("FUZZ \(parser): \(rounds) inputs in \(Int(Self.seconds)) s, none crashed")
    }

    private static func run(_ parser: String, on bytes: [UInt8]) {
        switch parser {
        case "manifest": Replay.manifest(bytes)
        case "safetensors":
            for size in [UInt64(bytes.count), 1 << 32, .max] { Replay.safetensors(bytes, fileSize: size) }
        case "index": _ = try? ShardIndex(parsing: bytes)
        case "pickle":
            #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(bytes)) }
            _ = try? DistributedMetadata(parsing: bytes)
        default:
            Replay.file(MemorySource(bytes))
            #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(bytes)) }
            if parser == "pytorch" { _ = try? DeepSpeedState(parsing: MemorySource(bytes)) }
            if parser == "gguf" { _ = try? GGUFLayout.read(MemorySource(bytes)) }
        }
    }

    private static func seeds(of parser: String) throws -> [[UInt8]] {
        if parser == "index" { return ShardIndexTests.hostile.map { Array($0.text.utf8.prefix(2000)) } + [index] }
        if parser == "safetensors" { return safetensors }
        return try (folders[parser] ?? []).flatMap { folder in
            try Fixture.names(in: folder).compactMap { name -> [UInt8]? in
                let bytes = try Fixture.bytes("\(folder)/\(name)")
                guard parser == "pickle", !name.hasSuffix(".metadata") else { return bytes }
                // The pickle starts behind the first local header.
                return bytes.firstIndex(of: 0x80).map { Array(bytes[$0...].prefix(20_000)) }
            }
        }
    }

    private static let index = Array(
        #"{"metadata":{"total_size":123},"weight_map":{"a.weight":"m-1.safetensors","b":"m-2.safetensors"}}"#.utf8)

    private static let safetensors = [
        #"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[],"data_offsets":[24,26]}}"#,
        #"{"__metadata__":{"format":"pt","x":"\u00e9\ud83d\ude00"},"\u0061":{"shape":[0,7],"data_offsets":[0,0],"dtype":"I64"}}"#,
        #"{"q":{"dtype":"F4","shape":[2,2],"data_offsets":[0,2]},"r":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[2,5]}}   "#,
    ].map { text in
        (0..<8).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) } + Array(text.utf8)
            + [UInt8](repeating: 1, count: 26)
    }
}
