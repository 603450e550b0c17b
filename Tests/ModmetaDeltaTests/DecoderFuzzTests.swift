import ModmetaDelta
import ModmetaFormats
import ModmetaTesting
import Testing

/// Decoders of hostile payloads and patches throw or return; they never trap, hang or use unbounded memory.
@Suite struct DecoderFuzzTests {
    @Test(arguments: ["general", "scaled", "levelled", "nested"])
    func payloads(_ name: String) async throws {
        let samples = try FuzzSamples.make(name)
        // Inputs are decoded one after another.
        nonisolated(unsafe) let codec = ChunkCodec()
        // An input is decoded against the base of the sample it was made from, as far as its first byte identifies it.
        let family = FuzzFamily(
            name, seeds: samples.indices.map { [UInt8($0)] + samples[$0].payload }, budget: .decoder
        ) { bytes in
            guard let first = bytes.first else { return }
            let sample = samples[Int(first) % samples.count]
            do {
                _ = try codec.decoded(
                    Array(bytes.dropFirst()), sample.encoding, base: sample.base, count: sample.count)
            } catch is DeltaError {}
        }
        try await FuzzCampaign.run(family)
    }

    @Test func patchFiles() async throws {
        nonisolated(unsafe) let files = try PatchFiles(bytes: 3000)
        try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        let family = FuzzFamily("patch", seeds: [try ScratchDirectory.read(files.patch)], budget: .decoder) { bytes in
            let path = try files.directory.write(bytes, "damaged")
            do { try await PatchFile.apply(patch: path, old: files.old, output: files.output) } catch is DeltaError {}
        }
        try await FuzzCampaign.run(family)
    }

    @Test func bsdiff40() async throws {
        nonisolated(unsafe) let files = try PatchFiles(bytes: 3000)
        try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        let family = FuzzFamily("bsdiff40", seeds: [try ScratchDirectory.read(files.patch)], budget: .decoder) {
            bytes in
            let path = try files.directory.write(bytes, "damaged")
            do { try Bsdiff40.apply(patch: path, old: files.old, output: files.output) } catch is DeltaError {}
        }
        try await FuzzCampaign.run(family)
    }
}
