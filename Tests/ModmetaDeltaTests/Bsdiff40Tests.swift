import ModmetaDelta
import ModmetaFormats
import Testing

@Suite struct Bsdiff40Tests {
    @Test func stockBspatchAppliesCreatedPatch() throws {
        let files = try PatchFiles()
        try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        try expectBspatch(files.old, files.output, files.patch, gives: files.newBytes)
    }

    @Test func stockBspatchAppliesExportOfPatchFile() async throws {
        let files = try PatchFiles()
        let stored = files.directory.path + "/stored"
        try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: stored)
        try Bsdiff40.export(patch: stored, old: files.old, new: files.new, output: files.patch)
        try expectBspatch(files.old, files.output, files.patch, gives: files.newBytes)
    }

    /// Pieces out of order and at odd offsets, with extra bytes between them and a base that starts in the middle.
    @Test func stockBspatchAppliesExportOfPayload() throws {
        let directory = ScratchDirectory()
        let base = Samples.weights(.bfloat16, bytes: 20_001, seed: 40)
        let new = Array(base[5001..<15_001] + [1, 2, 3] + base[0..<5000])
        let payload = try ChunkCodec().delta(
            new, base: base,
            pieces: [
                CodedPiece(length: 10_000, element: .bfloat16, base: 5001..<15_001),
                CodedPiece(length: 3, element: .byte),
                CodedPiece(length: 5000, element: .bfloat16, base: 0..<5000),
            ])
        let old = try directory.write(base, "old")
        let newPath = try directory.write(new, "new")
        let patch = directory.path + "/patch"
        try payload.withUnsafeBytes { try Bsdiff40.export(payload: $0, old: old, new: newPath, output: patch) }
        try expectBspatch(old, directory.path + "/output", patch, gives: new)
        try Bsdiff40.apply(patch: patch, old: old, output: directory.path + "/ours")
        #expect(try ScratchDirectory.read(directory.path + "/ours") == new)
    }

    @Test func bytesOfTheNewFileAreToldAsTheyAreDone() throws {
        let files = try PatchFiles()
        let size = UInt64(files.newBytes.count)
        var steps: [Bsdiff40.Pass: [UInt64]] = [:]
        try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch) {
            pass, done, total in
            #expect(total == size)
            steps[pass, default: []].append(done)
        }
        #expect(steps[.comparing] == files.plan.chunks.map { UInt64($0.range.upperBound) })
        #expect(steps[.writing] == steps[.writing]?.sorted())
        #expect(steps[.writing]?.last == size)
        var made: [UInt64] = []
        try Bsdiff40.apply(patch: files.patch, old: files.old, output: files.output) { done, total in
            #expect(total == size)
            made.append(done)
        }
        #expect(made == made.sorted())
        #expect(made.last == size)
    }

    @Test func stockBsdiffIsReadByUs() throws {
        let files = try PatchFiles()
        guard let status = run("bsdiff", files.old, files.new, files.patch) else {
            Issue.record("bsdiff is not installed: apt-get install bsdiff")
            return
        }
        #expect(status == 0)
        try Bsdiff40.apply(patch: files.patch, old: files.old, output: files.output)
        #expect(try ScratchDirectory.read(files.output) == files.newBytes)
    }

    @Test func damagedPatchNeverTraps() throws {
        let files = try PatchFiles(bytes: 2000)
        try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        let patch = try ScratchDirectory.read(files.patch)
        var generator = Generator(seed: 41)
        for round in 0..<400 {
            var damaged = patch
            let index = round < 32 ? round : Int.random(in: 0..<patch.count, using: &generator)
            damaged[index] = UInt8.random(in: .min ... .max, using: &generator)
            if round % 3 == 2 { damaged.removeLast(Int.random(in: 0..<patch.count, using: &generator)) }
            guard damaged != patch else { continue }
            _ = try files.directory.write(damaged, "patch")
            #expect(throws: DeltaError.self, "byte \(index)") {
                try Bsdiff40.apply(patch: files.patch, old: files.old, output: files.output)
            }
        }
    }

    @Test func newFileLargerThanAcceptedIsRefused() throws {
        let files = try PatchFiles(bytes: 2000)
        try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        let error = #expect(throws: DeltaError.self) {
            try Bsdiff40.apply(
                patch: files.patch, old: files.old, output: files.output, maximumSize: files.newBytes.count - 1)
        }
        #expect(error?.code == .limitExceeded)
    }

    private func expectBspatch(_ old: String, _ output: String, _ patch: String, gives new: [UInt8]) throws {
        guard let status = run("bspatch", old, output, patch) else {
            Issue.record("bspatch is not installed: apt-get install bsdiff")
            return
        }
        #expect(status == 0)
        #expect(try ScratchDirectory.read(output) == new)
    }
}
