import ModmetaFormats
import ModmetaTesting
import Testing

/// Mutates valid input at random, identically in every run: parsers may only throw, and accept only canonical input.
@Suite struct MutationFuzzTests {
    @Test(arguments: 0..<8)
    func safetensorsHeaders(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let seeds = [
            #"{"b":{"shape":[2,3],"dtype":"BF16","data_offsets":[4,16]},"__metadata__":{"format":"pt"},"#
                + #""a":{"dtype":"F32","extra":[{"x":null,"y":-1.5e3}],"shape":[],"data_offsets":[0,4]}}"#,
            #"{"\u00e9\ud83d\ude00":{"dtype":"F4","shape":[0,3],"data_offsets":[0,0]},"t":{"dtype":"U8","shape":[16],"#
                + #""data_offsets":[0,16]}}  "#,
            "{}",
        ].map { Array($0.utf8) }
        for round in 0..<1000 {
            var mutation = Mutation(generator: generator)
            let json = mutation.apply(to: seeds[round % seeds.count], times: 1 + round % 4)
            var file = SafetensorsFile(json, data: 16)
            if round % 16 == 0 { file.header = mutation.apply(to: file.header, times: 1) }
            generator = mutation.generator
            Replay.safetensors(file.header, fileSize: file.size)
        }
    }

    @Test(arguments: 0..<8)
    func manifests(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        for round in 0..<500 {
            let valid = round % 2 == 0 ? SampleManifests.random(seed: UInt64(round % 20)) : SampleManifests.deltaChain
            var mutation = Mutation(generator: generator)
            let body = mutation.apply(to: valid.serialized().dropLast(32), times: 1 + round % 4)
            generator = mutation.generator
            // With a valid checksum, so that the mutation is reached.
            Replay.manifest(body + SHA256.hash(body).bytes)
        }
    }
}

/// What must hold for a parser with any input.
enum Replay {
    /// Reads bytes as the start of a safetensors file, and as a file of any format.
    static func safetensors(_ bytes: [UInt8], fileSize: UInt64) {
        if let layout = try? SafetensorsLayout.parse(header: bytes, fileSize: fileSize) {
            #expect(throws: Never.self) { try layout.validate() }
            let plan = ChunkPlanner.plan(layout)
            #expect(plan.last?.range.upperBound ?? 0 == fileSize)
        }
        // Skip files shorter than their first bytes, and opaque files of exabytes.
        if (UInt64(bytes.count)...1 << 40).contains(fileSize) { Replay.file(PaddedSource(bytes, size: fileSize)) }
    }

    /// Reads a file of any format: only errors of the parser are allowed.
    static func file(_ source: some ByteSource) {
        #expect(throws: Never.self) {
            let reading = try Layout.read(source)
            try reading.layout.validate()
            #expect(reading.layout.size == source.size)
            #expect(ChunkPlanner.plan(reading.layout).last?.range.upperBound ?? 0 == source.size)
        }
    }

    /// Reads bytes as a manifest; an accepted one has no other encoding.
    static func manifest(_ bytes: [UInt8]) {
        guard let manifest = try? Manifest(parsing: bytes) else { return }
        #expect(manifest.serialized() == bytes)
        #expect(throws: Never.self) { try manifest.validate() }
        #expect(manifest.readLength > 0)
    }
}
