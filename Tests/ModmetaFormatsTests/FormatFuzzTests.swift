import ModmetaFormats
import ModmetaTesting
import Testing

/// Attacks every parser of weight files and store objects; `integration/fuzz.sh` runs each for longer.
@Suite struct FormatFuzzTests {
    @Test(arguments: [
        "pytorch", "gguf", "numpy", "distcp", "manifest", "pickle", "safetensors", "index", "sketch",
    ])
    func holdsTheBudget(_ name: String) async throws { try await FuzzCampaign.run(try Self.family(name)) }

    private static func family(_ name: String) throws -> FuzzFamily {
        switch name {
        case "pytorch":
            FuzzFamily(name, seeds: try seeds("pytorch", "pytorch-hostile"), instructions: pickleParts) { bytes in
                let source = MemorySource(bytes)
                Replay.file(source)
                #expect(throws: Never.self) { try SafeToLoad.scan(source) }
                _ = try? DeepSpeedState(parsing: source)
                _ = try StateDictionary(reading: source)
            }
        case "gguf":
            FuzzFamily(name, seeds: try seeds("gguf", "gguf-hostile"), tokens: ["GGUF", "general.alignment"]) {
                Replay.file(MemorySource($0))
            }
        case "numpy":
            FuzzFamily(
                name, seeds: try seeds("numpy", "numpy-hostile"),
                tokens: ["{'descr': ", "'<f4'", "(", ",", "'", "True"]
            ) { Replay.file(MemorySource($0)) }
        case "distcp":
            FuzzFamily(name, seeds: try seeds("distcp", "distcp-hostile"), instructions: pickleParts) { bytes in
                Replay.file(MemorySource(bytes))
                #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(bytes)) }
            }
        case "manifest":
            FuzzFamily(
                name, seeds: try seeds("v1", "hostile").map { Array($0.dropLast(32)) },
                instructions: [[0], [1], [0x80], [0xFF, 0xFF, 3], [0, 1]], seal: { $0 + SHA256.hash($0).bytes }
            ) { Replay.manifest($0) }
        case "pickle":
            FuzzFamily(name, seeds: try pickles(), instructions: pickleParts) { bytes in
                #expect(throws: Never.self) { try SafeToLoad.scan(MemorySource(bytes)) }
                _ = try? DistributedMetadata(parsing: bytes)
            }
        case "safetensors":
            FuzzFamily(name, seeds: safetensors, tokens: FuzzFamily.json, seal: sealed) { bytes in
                for size in [UInt64(bytes.count), .max] { Replay.safetensors(bytes, fileSize: size) }
            }
        case "index":
            FuzzFamily(
                name, seeds: ShardIndexTests.hostile.map { Array($0.text.utf8.prefix(2000)) } + [index],
                tokens: FuzzFamily.json
            ) { _ = try? ShardIndex(parsing: $0) }
        default:
            FuzzFamily(name, seeds: [sketch]) { bytes in
                guard let sketch = try? Sketch(parsing: bytes) else { return }
                #expect(sketch.serialized() == bytes)
            }
        }
    }

    private static func seeds(_ folders: String...) throws -> [[UInt8]] {
        try folders.flatMap { folder in try Fixture.names(in: folder).map { try Fixture.bytes("\(folder)/\($0)") } }
            .filter { $0.count <= FuzzMutator.lengthLimit }
    }

    /// The pickle of an archive starts after the first local header.
    private static func pickles() throws -> [[UInt8]] {
        try seeds("pytorch", "distcp", "distcp-hostile").compactMap { bytes in
            bytes.firstIndex(of: 0x80).map { Array(bytes[$0...].prefix(20_000)) }
        }
    }

    /// Pickle instructions, and short runs of those that turn a few bytes into a lot.
    private static let pickleParts: [[UInt8]] =
        "()]}tlduesabR2N0.".utf8.map { [$0] } + [
            [0x80, 2], [0x85], [0x86], [0x87], [0x89], [0x94], [0x93], [0x81], [0x68, 0], [0x68, 1], [0x71, 0],
            [0x4B, 1], [0x4B, 1, 0x85], [0x29, 0x52], [0x51], [0x62], Array("X\u{3}\0\0\0abc".utf8),
            Array("cos\nsystem\n".utf8), Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8),
            Array("ccollections\nOrderedDict\n)R".utf8),
        ]

    private static let index = Array(
        #"{"metadata":{"total_size":123},"weight_map":{"a.weight":"m-1.safetensors","b":"m-2.safetensors"}}"#.utf8)

    private static let sketch = Sketch(
        object: ObjectID(SHA256.hash([])), size: 7, stored: 8, features: [1, 5, .max]
    ).serialized()

    /// Sets the header length to that of the text, as far as the tensors' bytes leave room.
    @Sendable private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "}")), end > 8 else { return bytes }
        return (0..<8).map { UInt8(truncatingIfNeeded: (end - 7) >> (8 * $0)) } + bytes[8...]
    }

    private static let safetensors = [
        #"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[],"data_offsets":[24,26]}}"#,
        #"{"__metadata__":{"format":"pt","x":"\u00e9\ud83d\ude00"},"\u0061":{"shape":[0,7],"data_offsets":[0,0],"dtype":"I64"}}"#,
        #"{"q":{"dtype":"F4","shape":[2,2],"data_offsets":[0,2]},"r":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[2,5]}}   "#,
    ].map { text in
        (0..<8).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) } + Array(text.utf8)
            + [UInt8](repeating: 1, count: 26)
    }
}
